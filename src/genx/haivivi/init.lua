return {
  http = require("haivivi/http"),
  resource = require("haivivi/resource"),
  async = require("haivivi/async"),
  auth = require("haivivi/auth"),
  pal = require("haivivi/pal"),
  aiot = require("haivivi/aiot"),
}
