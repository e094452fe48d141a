// theme.js: the chosen colours, before the first paint
(() => {
	const chosen = localStorage.getItem("jobmill.theme");

	if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
})();
