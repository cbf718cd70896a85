return function()
  vulcan.sqlite.execute_script({ sql = "CREATE TABLE IF NOT EXISTS tally (at TEXT); INSERT INTO tally VALUES (datetime())" })
  return tostring(vulcan.sqlite.query_json({ sql = "SELECT count(*) AS n FROM tally" }).rows[1].n)
end
