// docs.js: Swagger UI over openapi.json; nothing is asked of another host
if (window.SwaggerUIBundle)
	window.ui = window.SwaggerUIBundle({
		url: "openapi.json",
		dom_id: "#docs",
		// Its links would be within buttons.
		deepLinking: false,
		displayRequestDuration: true,
		docExpansion: "list",
		defaultModelsExpandDepth: 0,
		tryItOutEnabled: true,
		validatorUrl: null,
		syntaxHighlight: {theme: "obsidian"},
		onComplete() {
			document.getElementById("servers")?.setAttribute("aria-label", "Server");
		},
	});
