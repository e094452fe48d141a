// docs.js: Swagger UI over openapi.json; nothing is asked of another host
if (window.SwaggerUIBundle)
	window.ui = window.SwaggerUIBundle({
		url: "openapi.json",
		dom_id: "#docs",
		deepLinking: true,
		displayRequestDuration: true,
		docExpansion: "list",
		defaultModelsExpandDepth: 0,
		tryItOutEnabled: true,
		validatorUrl: null,
	});
