"""The language server: what an editor shows while a plan is written. Needs the extra `lsp`."""
