/* jwt.c - a signed statement, by libcrypto */
#include "jwt.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

/* RFC 4648 section 5, without padding, as JWT wants it. */
static void
add_base64url(struct buf *out, const void *bytes, size_t len)
{
	size_t from = out->len;

	buf_base64(out, bytes, len);
	while (out->len > from && out->data[out->len - 1] == '=')
		out->len--;
	for (size_t i = from; i < out->len; i++) {
		if (out->data[i] == '+')
			out->data[i] = '-';
		else if (out->data[i] == '/')
			out->data[i] = '_';
	}
}

static void
add_statement(struct buf *out, const struct jwt_claims *claims)
{
	struct buf json = { 0 };

	buf_text(&json, "{\"alg\":\"RS256\",\"typ\":\"JWT\"");
	if (claims->key_id != NULL)
		buf_json_member(&json, "kid", claims->key_id,
		    strlen(claims->key_id));
	buf_byte(&json, '}');
	add_base64url(out, json.data, json.len);
	buf_byte(out, '.');
	buf_clear(&json);
	buf_byte(&json, '{');
	buf_json_member(&json, "iss", claims->issuer, strlen(claims->issuer));
	buf_json_member(&json, "scope", claims->scope, strlen(claims->scope));
	buf_json_member(&json, "aud", claims->audience,
	    strlen(claims->audience));
	buf_json_key(&json, "iat");
	buf_json_int(&json, claims->issued);
	buf_json_key(&json, "exp");
	buf_json_int(&json, claims->expires);
	buf_byte(&json, '}');
	add_base64url(out, json.data, json.len);
	buf_free(&json);
}

static EVP_PKEY *
read_key(const char *pem)
{
	BIO *bio = BIO_new_mem_buf(pem, -1);
	EVP_PKEY *key =
	    bio != NULL ? PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL) : NULL;

	BIO_free(bio);
	return key;
}

const char *
jwt_sign(struct buf *out, const struct jwt_claims *claims, const char *pem)
{
	EVP_PKEY *key = read_key(pem);
	EVP_MD_CTX *sign = EVP_MD_CTX_new();
	struct buf text = { 0 };
	unsigned char *signature = NULL;
	const char *error = "the private key cannot sign";
	size_t len = 0;

	if (key == NULL || EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA) {
		error = "the private key is no RSA key in PEM";
		goto out;
	}
	add_statement(&text, claims);
	if (sign == NULL ||
	    EVP_DigestSignInit(sign, NULL, EVP_sha256(), NULL, key) != 1 ||
	    EVP_DigestSign(sign, NULL, &len, (unsigned char *)text.data,
	        text.len) != 1)
		goto out;
	signature = mem_alloc(len);
	if (EVP_DigestSign(sign, signature, &len, (unsigned char *)text.data,
	        text.len) != 1)
		goto out;
	buf_add(out, text.data, text.len);
	buf_byte(out, '.');
	add_base64url(out, signature, len);
	error = NULL;
out:
	free(signature);
	buf_free(&text);
	EVP_MD_CTX_free(sign);
	EVP_PKEY_free(key);
	return error;
}
