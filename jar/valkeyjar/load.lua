-- Returns one site: its state, and its records unless it has the given version still.
--
-- KEYS: the site. ARGV: the version, the most fields and bytes to return, and the idle life
-- of session cookies in seconds or 0.

local STAMP, ACCESS, EXPIRY = 19, 9, 5
local YEAR_ONE = 62135596800

local function number(s, at, n)
  local v = 0
  for i = at, at + n - 1 do v = v * 256 + string.byte(s, i) end
  return v
end

local state = redis.call("HGET", KEYS[1], ".")
if not state then
  -- What somebody else has written has no version.
  if redis.call("EXISTS", KEYS[1]) == 0 then return {} end
  state = string.rep("\0", 29)
elseif #state < 29 then
  return {"foreign"}
end
local version = string.format("%.0f", number(state, 1, 7))
if version == ARGV[1] and version ~= "0" then return {version} end
if redis.call("HLEN", KEYS[1]) > tonumber(ARGV[2]) then return {version, "large"} end
local idle = tonumber(ARGV[4])
local t = redis.call("TIME")
local today = tonumber(t[1]) + YEAR_ONE
local all = redis.call("HGETALL", KEYS[1])
local out, size = {version, "records"}, 0
for i = 1, #all, 2 do
  local field, value = all[i], all[i + 1]
  if field ~= "." and string.byte(value, 1) ~= 116 then
    local over = idle > 0 and #value >= 1 + STAMP + ACCESS + EXPIRY and
      number(value, 2 + STAMP + ACCESS, EXPIRY) == 0 and number(value, 2 + STAMP, 5) + idle < today
    if not over then
      size = size + #field + #value
      if size > tonumber(ARGV[3]) then return {version, "large"} end
      out[#out + 1] = field
      out[#out + 1] = value
    end
  end
end
return out
