-- Opens the file of $MLOPS_FILE with the language server, prints the diagnostics that Neovim holds, and ends.
local file = vim.env.MLOPS_FILE
vim.cmd('edit ' .. vim.fn.fnameescape(file))
vim.bo.filetype = 'yaml'
local client = vim.lsp.start_client({
  name = 'mlops',
  cmd = { vim.env.MLOPS_NODE, vim.env.MLOPS_SERVER, '--stdio' },
  root_dir = vim.fn.fnamemodify(file, ':h'),
})
vim.lsp.buf_attach_client(0, client)
vim.wait(20000, function() return #vim.diagnostic.get(0) > 0 end, 20)
local found = {}
for _, each in ipairs(vim.diagnostic.get(0)) do
  table.insert(found, { line = each.lnum, column = each.col, code = each.code, message = each.message })
end
io.stdout:write(vim.json.encode(found) .. '\n')
vim.cmd('qall!')
