local host = ...
return {
  regexp = { compile = host.compile },
  diff = { new = host.differ },
  splitter = { recursive = host.recursive, markdown = host.markdown },
}
