-- Neovim without a screen: attaches `smlint lsp`, and writes down what it sees. Called with FILE and SERVER as globals.
local out, saw = io.open(vim.env.SAW, "w"), {}
local function wait(what, fits)
  if not vim.wait(20000, fits, 50) then out:write("timeout: " .. what .. "\n"); out:close(); vim.cmd("cquit 1") end
end
vim.cmd("edit " .. vim.env.PLAN)
local id = vim.lsp.start_client({ name = "smlint", cmd = vim.split(vim.env.SERVER, " "), root_dir = vim.fn.getcwd() })
vim.lsp.buf_attach_client(0, id)
local function coded(code)
  return vim.tbl_filter(function(each) return each.code == code end, vim.diagnostic.get(0))
end
wait("diagnostics", function() return #coded("unknown-key") == 1 end)
local first = coded("unknown-key")[1]
out:write(("diagnostic %d %d %s\n"):format(first.lnum, first.col, first.code))
local function ask(method, params)
  local answers = vim.lsp.buf_request_sync(0, method, params, 5000)
  return answers[id].result
end
local place = { textDocument = vim.lsp.util.make_text_document_params(), position = { line = 1, character = 2 } }
out:write("hover " .. ask("textDocument/hover", place).contents.value:gsub("\n.*", "") .. "\n")
local actions = ask("textDocument/codeAction", {
  textDocument = place.textDocument, context = { diagnostics = {} },
  range = { start = { line = first.lnum, character = first.col }, ["end"] = { line = first.lnum, character = first.col } },
})
out:write("action " .. actions[1].title .. "\n")
vim.lsp.util.apply_workspace_edit(actions[1].edit, "utf-16")
wait("repair", function() return #coded("unknown-key") == 0 and #vim.diagnostic.get(0) > 0 end)
out:write("line " .. vim.api.nvim_buf_get_lines(0, first.lnum, first.lnum + 1, false)[1] .. "\n")
out:close()
vim.cmd("qall!")
