-- A text as numbers without a model: hashed pieces of its words (the "hashing trick"), so that the same text gives the same
-- numbers everywhere.
local size = 256
local letter = "[%z\1-\127\194-\244][\128-\191]*"

local function hash(piece)
  local h = 0
  for i = 1, #piece do h = (h * 65599 + piece:byte(i)) % 2147483647 end
  return h
end

-- Lower case for ASCII, and everything that is no letter or digit of it is a gap; other scripts count as letters.
local function words(text)
  return text:lower():gsub("[%z\1-\47\58-\96\123-\127]+", " "):gmatch("%S+")
end

local function embed(text)
  local sums = {}
  for i = 1, size do sums[i] = 0 end
  for word in words(text) do
    local letters = { "<" }
    for each in word:gmatch(letter) do letters[#letters + 1] = each end
    letters[#letters + 1] = ">"
    for length = 3, 4 do
      for first = 1, #letters - length + 1 do
        local h = hash(table.concat(letters, "", first, first + length - 1))
        -- The upper bits are the better mixed ones; the sign lets pieces that meet in one place cancel out.
        local place = math.floor(h / 512) % size + 1
        sums[place] = sums[place] + (h % 512 < 256 and 1 or -1)
      end
    end
  end
  local square = 0
  for i = 1, size do square = square + sums[i] * sums[i] end
  -- Nothing but blanks and signs has no direction.
  if square == 0 then return nil end
  for i = 1, size do sums[i] = sums[i] / math.sqrt(square) end
  return sums
end

return { size = size, embed = embed }
