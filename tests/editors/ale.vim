" Vim without a screen: ALE with `smlint lsp`; writes down what it sees.
set nocompatible nomore hidden
set runtimepath^=/usr/share/vim-ale
let g:ale_enabled = 1
let g:ale_lint_delay = 0
runtime plugin/ale.vim
filetype plugin on
call ale#linter#Define('yaml', {
\ 'name': 'smlint', 'lsp': 'stdio', 'executable': split($SERVER, ' ')[0],
\ 'command': $SERVER, 'project_root': {buffer -> getcwd()},
\ 'language': 'yaml'})
let g:ale_linters = {'yaml': ['smlint']}
execute 'edit' fnameescape($PLAN)
setfiletype yaml
ALELint
function! Coded(code) abort
  return filter(copy(ale#engine#GetLoclist(bufnr(''))), 'get(v:val, "code", "") ==# a:code')
endfunction
function! Wait(what, fits) abort
  let l:end = reltime()
  while !a:fits()
    if reltimefloat(reltime(l:end)) > 20
      call writefile(['timeout: ' . a:what], $SAW, 'a')
      cquit!
    endif
    sleep 50m
  endwhile
endfunction
call Wait('diagnostics', {-> len(Coded('unknown-key')) == 1})
let s:first = Coded('unknown-key')[0]
call writefile([printf('diagnostic %d %d %s', s:first.lnum, s:first.col, s:first.code)], $SAW, 'a')
call setline(s:first.lnum, substitute(getline(s:first.lnum), 'statment', 'statement', ''))
doautocmd TextChanged
call ale#Queue(0)
call Wait('repair', {-> empty(Coded('unknown-key')) && !empty(ale#engine#GetLoclist(bufnr('')))})
call writefile(['line ' . getline(s:first.lnum)], $SAW, 'a')
qall!
