-- Applies one batch to one site, as a whole or not at all.
--
-- KEYS: the site, the head of its shard, the log of its shard.
-- ARGV: the command and the channel to publish with, the name of the site, the idle life of
-- session cookies in seconds or 0, the size of the log in bytes, whether to write in any
-- case; then five for each Op: its kind, its field, its stamp, its last access and expiry,
-- and its payload.
--
-- The site is a hash. Field "." is the state of the site, every other field the identity of
-- a cookie. Its value is "r", a stamp, a last access, an expiry and a payload, or "t" and the
-- stamp of a deletion. All numbers are big-endian, so that stamps compare as bytes.

local STAMP, MICROS, ACCESS, EXPIRY = 19, 7, 9, 5
local MAX_AHEAD, TOMBSTONE_LIFE = 1e6, 30 * 24 * 3600 * 1e6
local MAX_TOMBSTONES, MAX_RECORDS = 1000, 10000
local TIDY = 64           -- fewer fields than this are never scanned
local FOREVER = 2^47
local YEAR_ONE = 62135596800 -- seconds from the year 1 to 1970
local MAX_LOGGED, MAX_PUBLISHED = 16384, 131072
local ENTRY_COST = 32     -- what the server needs for an entry of the log, about

local byte, char, sub, floor = string.byte, string.char, string.sub, math.floor
local call = redis.call

local function number(s, at, n)
  local v = 0
  for i = at, at + n - 1 do v = v * 256 + byte(s, i) end
  return v
end

local function encode(v, n)
  local out = {}
  for i = n, 1, -1 do
    local rest = floor(v / 256)
    out[i] = char(v - rest * 256)
    v = rest
  end
  return table.concat(out)
end

-- Lua compares strings by the server's locale.
local function older(a, b)
  if a == b then return false end
  for i = 1, #a do
    local x, y = byte(a, i), byte(b, i)
    if x ~= y then return x < y end
  end
  return false
end

local site, head, log = KEYS[1], KEYS[2], KEYS[3]
local publish, channel, name = ARGV[1], ARGV[2], ARGV[3]
local idle, logsize, always = tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[6] == "1"
local FIRST, STEP = 7, 5

local t = call("TIME")
local now = tonumber(t[1]) * 1e6 + tonumber(t[2])
local horizon = encode(now - TOMBSTONE_LIFE, MICROS) .. string.rep("\0", STAMP - MICROS)

-- The state: version, newest time, end of life in milliseconds, records, tombstones, the
-- number of fields at which to scan, and the floor unless that is zero.
local version, newest, lives, records, tombstones, scan = 0, 0, 0, 0, 0, TIDY
local least = string.rep("\0", STAMP)
local state = call("HGET", site, ".")
if state then
  if #state ~= 29 and #state ~= 29 + STAMP then return {"foreign"} end
  version, newest, lives = number(state, 1, 7), number(state, 8, 7), number(state, 15, 6)
  records, tombstones, scan = number(state, 21, 3), number(state, 24, 3), number(state, 27, 3)
  if #state > 29 then least = sub(state, 30, 29 + STAMP) end
end
local before = version
local absent = older(least, horizon) and horizon or least

-- A stamp that is too far ahead is cut by the worker, since its seal is bound to it. "c" is
-- a put and "e" a Delete that was cut.
local latest = math.max(now + MAX_AHEAD, newest)
for i = FIRST, #ARGV, STEP do
  local kind = ARGV[i]
  if kind ~= "x" and kind ~= "a" then
    local most = latest
    if kind == "c" or kind == "e" then most = math.max(latest, newest + 1) end
    if number(ARGV[i + 2], 1, MICROS) > most then
      local at = string.format("%.0f", math.max(now, newest + 1))
      return {"ahead", at, string.format("%.0f", latest)}
    end
  end
end

-- kindOf returns "r" or "t" for a value that this script has written, and nil for others.
local function kindOf(value)
  if not value then return nil end
  local kind = sub(value, 1, 1)
  if kind == "r" and #value > STAMP + ACCESS + EXPIRY or kind == "t" and #value == 1 + STAMP then return kind end
  return nil
end

local effect, newer = {}, {}

local function note(kind, field, value)
  effect[#effect + 1] = kind .. encode(#field, 3) .. field .. encode(#value, 4) .. value
end

-- lengthen makes the site live for as long as a record with that last access and expiry.
local function lengthen(times)
  local expiry = number(times, ACCESS + 1, EXPIRY)
  if expiry > 0 then
    lives = math.max(lives, math.min((expiry - YEAR_ONE) * 1000, FOREVER))
  elseif idle > 0 then
    local used = (number(times, 1, 5) - YEAR_ONE) * 1000
    lives = math.max(lives, math.max(used, floor(now / 1000)) + idle * 1000)
  else
    lives = FOREVER
  end
end

local function bury(field, stamp)
  call("HSET", site, field, "t" .. stamp)
  records, tombstones = records - 1, tombstones + 1
end

for i = FIRST, #ARGV, STEP do
  local kind, field, stamp, times, payload = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], ARGV[i + 4]
  local value = call("HGET", site, field)
  local is = kindOf(value)
  local there = is == "r"
  local was = is and sub(value, 2, 1 + STAMP) or absent
  if kind == "x" then
    if there and was == stamp then
      bury(field, stamp)
      note("x", field, stamp)
    end
  elseif kind == "a" then
    if there and was == stamp and older(sub(value, 2 + STAMP, 1 + STAMP + ACCESS), times) then
      local next = sub(value, 1, 1 + STAMP) .. times .. sub(value, 2 + STAMP + ACCESS)
      call("HSET", site, field, next)
      lengthen(sub(next, 2 + STAMP, 1 + STAMP + ACCESS + EXPIRY))
      note("a", field, stamp .. times)
    end
  else
    local put = kind == "p" or kind == "c"
    if older(was, stamp) then
      newest = math.max(newest, number(stamp, 1, MICROS))
      if put then
        local next = "r" .. stamp .. times .. payload
        call("HSET", site, field, next)
        if not there then records = records + 1 end
        if is == "t" then tombstones = tombstones - 1 end
        lengthen(times)
        note("p", field, next)
      else
        call("HSET", site, field, "t" .. stamp)
        if there then records = records - 1 end
        if is ~= "t" then tombstones = tombstones + 1 end
        note("d", field, stamp)
      end
    elseif there and was ~= stamp then
      newer[#newer + 1] = i - FIRST
      newer[#newer + 1] = value
    elseif not there and put then
      newer[#newer + 1] = i - FIRST
      newer[#newer + 1] = "t" .. was
    end
  end
end

-- tidy drops records that have expired and tombstones that are too old, and keeps the site
-- within its bounds.
local function tidy()
  local all = call("HGETALL", site)
  local kept, graves = {}, {}
  local today = now / 1e6 + YEAR_ONE
  for i = 1, #all, 2 do
    local field, value = all[i], all[i + 1]
    local is = field ~= "." and kindOf(value)
    if is then
      local stamp = sub(value, 2, 1 + STAMP)
      local entry = {field, stamp, number(stamp, 1, MICROS)}
      if is == "r" then
        local expiry, used = number(value, 2 + STAMP + ACCESS, EXPIRY), number(value, 2 + STAMP, 5)
        if expiry > 0 and expiry < today or expiry == 0 and idle > 0 and used + idle < today then
          bury(field, stamp)
          note("x", field, stamp)
          graves[#graves + 1] = entry
        else
          kept[#kept + 1] = entry
        end
      elseif older(stamp, horizon) then
        call("HDEL", site, field)
        tombstones = tombstones - 1
      else
        graves[#graves + 1] = entry
      end
    end
  end
  local function first(a, b)
    if a[3] ~= b[3] then return a[3] < b[3] end
    return older(a[2], b[2])
  end
  local function forget(list, most, dropped)
    local gone = #list - most
    if gone <= 0 then return 0 end
    gone = math.max(gone, math.min(floor(most / 8), #list - floor(most * 7 / 8)))
    table.sort(list, first)
    for i = 1, gone do
      call("HDEL", site, list[i][1])
      if dropped then note("x", list[i][1], list[i][2]) end
    end
    if older(least, list[gone][2]) then least = list[gone][2] end
    return gone
  end
  tombstones = tombstones - forget(graves, MAX_TOMBSTONES, false)
  records = records - forget(kept, MAX_RECORDS, true)
  scan = math.max(TIDY, 2 * (records + tombstones))
end

local last = call("GET", head)
local n, at, size = 0, 0, 0
if last then
  local a, b, c = string.match(last, "^(%d+) (%d+) (%d+)$")
  n, at, size = tonumber(a), tonumber(b), tonumber(c)
end

if #effect > 0 then
  if tombstones > MAX_TOMBSTONES or records > MAX_RECORDS or tombstones + records > scan then tidy() end
  if records == 0 then lives = 0 end
  version = math.max(now, at + 1, version + 1)
  state = encode(version, 7) .. encode(newest, 7) .. encode(lives, 6) ..
    encode(records, 3) .. encode(tombstones, 3) .. encode(scan, 3)
  if least ~= string.rep("\0", STAMP) then state = state .. least end
  call("HSET", site, ".", state)
  if lives >= FOREVER then
    call("PERSIST", site)
  else
    call("PEXPIREAT", site, string.format("%.0f", math.max(lives, floor((now + TOMBSTONE_LIFE) / 1000))))
  end

  local start = encode(n + 1, 7) .. encode(version, 7) .. encode(at, 7) .. encode(before, 7) .. encode(#name, 3) .. name
  local entry = start .. table.concat(effect)
  n, at = n + 1, version
  -- A change that is too large is announced without its Ops.
  call(publish, channel, #entry <= MAX_PUBLISHED and entry or start)
  if #entry > MAX_LOGGED then entry = start end
  call("RPUSH", log, entry)
  size = size + #entry + ENTRY_COST
  while size > logsize do
    local gone = call("LPOP", log)
    if not gone then
      size = 0
      break
    end
    size = size - #gone - ENTRY_COST
  end
end
if #effect > 0 or always then
  call("SET", head, string.format("%.0f %.0f %.0f", n, at, size))
end
return {"done", string.format("%.0f", version), newer}
