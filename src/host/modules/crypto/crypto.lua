local host = ...
return {
  random = { bytes = host["random.bytes"], string = host["random.string"], uuid = host["random.uuid"] },
  hmac = { sha256 = host["hmac.sha256"], sha512 = host["hmac.sha512"] },
  encrypt = { aes = host["encrypt.aes"], chacha20 = host["encrypt.chacha20"] },
  decrypt = { aes = host["decrypt.aes"], chacha20 = host["decrypt.chacha20"] },
  jwt = { encode = host["jwt.encode"], verify = host["jwt.verify"] },
  pbkdf2 = host.pbkdf2,
  constant_time_compare = host.constant_time_compare,
}
