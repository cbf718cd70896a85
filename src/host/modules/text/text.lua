local host = ...
return {
  regexp = { compile = host["regexp.compile"] },
  diff = { new = host["diff.new"] },
  splitter = { recursive = host["splitter.recursive"], markdown = host["splitter.markdown"] },
}
