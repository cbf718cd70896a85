local host = ...
return {
  random = { bytes = host.random_bytes, string = host.random_string, uuid = host.random_uuid },
  hmac = { sha256 = host.hmac_sha256, sha512 = host.hmac_sha512 },
  encrypt = { aes = host.encrypt_aes, chacha20 = host.encrypt_chacha20 },
  decrypt = { aes = host.decrypt_aes, chacha20 = host.decrypt_chacha20 },
  jwt = { encode = host.jwt_encode, verify = host.jwt_verify },
  pbkdf2 = host.pbkdf2,
  constant_time_compare = host.constant_time_compare,
}
