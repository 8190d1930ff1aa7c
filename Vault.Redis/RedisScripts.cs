namespace Granary.Vault.Redis;

/// <summary>The scripts, each one atomic step. Their first write is one that a full Redis refuses, so none stops half-way.</summary>
internal static class RedisScripts
{
    /// <summary>
    /// KEYS head, docs, secrets, beside, beside:secrets, first segments of events and chain. ARGV 1 birth, 2 layout, 3 format, 4 created, 5 count, 6 hash;
    /// 7 to 12 how many values follow for each of the keys from docs on; then these. Returns the birth of the vault that is there now.
    /// Of a longer log no lines follow: behind KEYS 7 are pairs of a staged segment and the segment it becomes, and behind the values the length of each.
    /// Returns nothing where a staged segment is not whole.
    /// </summary>
    public const string Create = """
        local birth = redis.call('HGET', KEYS[1], 'birth')
        if birth then return birth end
        local staged = (#KEYS - 7) / 2
        for i = 1, staged do
            if redis.call('LLEN', KEYS[6 + 2 * i]) ~= tonumber(ARGV[#ARGV - staged + i]) then return false end
        end
        redis.call('HSET', KEYS[1], 'layout', ARGV[2], 'format', ARGV[3], 'created', ARGV[4], 'birth', ARGV[1], 'count', ARGV[5], 'hash', ARGV[6], 'bridge', '0')
        local at = 12
        for key = 2, 7 do
            local last = at + tonumber(ARGV[key + 5])
            while at < last do
                local upTo = math.min(at + 2048, last)
                redis.call(key < 6 and 'HSET' or 'RPUSH', KEYS[key], unpack(ARGV, at + 1, upTo))
                at = upTo
            end
        end
        for i = 1, staged do
            redis.call('RENAME', KEYS[6 + 2 * i], KEYS[7 + 2 * i])
            redis.call('PERSIST', KEYS[7 + 2 * i])
        end
        return ARGV[1]
        """;

    /// <summary>
    /// KEYS staged segment. ARGV 1 how many lines it has before, 2 for how many ms it is kept, then lines. Returns how many it has now; sent again after
    /// a lost answer, it does nothing.
    /// </summary>
    public const string Stage = """
        local length = redis.call('LLEN', KEYS[1])
        if length == tonumber(ARGV[1]) then length = redis.call('RPUSH', KEYS[1], unpack(ARGV, 3)) end
        redis.call('PEXPIRE', KEYS[1], ARGV[2])
        return length
        """;

    /// <summary>
    /// KEYS head, keys, keys:order, retries, retries:order, sealed:events, sealed:loose; then the segments that the append touches, of events, of chain and of
    /// bridge; then the segment of each line that is replaced in Redis.
    /// ARGV 1 expected count, 2 hash and 3 bridge; 4 new count, 5 hash and 6 bridge; 7 entries and 8 segments they touch; 9 bridge lines and 10 segments
    /// they touch; 11 length of the first segment of events and of chain; 12 clients' keys and 13 how many are kept; 14 retry keys, 15 how many are kept and
    /// 16 for how many ms after the last; 17 lines of the chain, 18 lines replaced in Redis; 19 length of the first segment of bridge, 20 lines in a segment;
    /// 21 segments replaced in the archive, 22 the time (Unix ms). Then events, chain, bridge, of each key the entry's index, the key and its record, of each
    /// replaced line its index and the new one, and of each replaced segment its place in sealed:events, the hash there, the new one, and both objects' names.
    /// </summary>
    public const string Append = """
        local head = redis.call('HMGET', KEYS[1], 'count', 'hash', 'bridge')
        if not head[1] then return {'missing'} end
        if head[1] ~= ARGV[1] or head[2] ~= ARGV[2] or head[3] ~= ARGV[3] then
            return {'conflict', head[1], head[2], head[3]}
        end
        local n, m, clients, retries = tonumber(ARGV[7]), tonumber(ARGV[9]), tonumber(ARGV[12]), tonumber(ARGV[14])
        local chains, replaced, resealed, size = tonumber(ARGV[17]), tonumber(ARGV[18]), tonumber(ARGV[21]), tonumber(ARGV[20])
        local eventKeys, bridgeKeys = tonumber(ARGV[8]), tonumber(ARGV[10])
        local chainKeys = chains > 0 and eventKeys or 0
        local replacedKeys = 7 + eventKeys + chainKeys + bridgeKeys
        local events = 22
        local chain = events + n
        local bridge = chain + chains
        local claims = bridge + m
        local lines = claims + 3 * (clients + retries)
        local segments = lines + 2 * replaced
        local function claimed(from, count)
            local names, records = {}, {}
            for i = 1, count do
                names[i] = ARGV[from + 3 * i - 1]
                records[2 * i - 1] = names[i]
                records[2 * i] = ARGV[from + 3 * i]
            end
            return names, records
        end
        local function taken(key, names, from)
            if #names == 0 then return nil end
            local found = redis.call('HMGET', key, unpack(names))
            for i = 1, #names do
                if found[i] then return {'taken', ARGV[from + 3 * i - 2], found[i]} end
            end
        end
        local function push(key, from, count, length)
            while count > 0 do
                local part = math.min(count, size - length)
                redis.call('RPUSH', KEYS[key], unpack(ARGV, from + 1, from + part))
                key, from, count, length = key + 1, from + part, count - part, 0
            end
        end
        local function keep(key, order, names, records, kept)
            redis.call('HSET', key, unpack(records))
            local over = redis.call('RPUSH', order, unpack(names)) - kept
            if over <= 0 then return end
            if over > 2048 then over = 2048 end
            redis.call('HDEL', key, unpack(redis.call('LRANGE', order, 0, over - 1)))
            redis.call('LTRIM', order, over, -1)
        end
        local clientNames, clientRecords = claimed(claims, clients)
        local retryNames, retryRecords = claimed(claims + 3 * clients, retries)
        local known = taken(KEYS[2], clientNames, claims) or taken(KEYS[4], retryNames, claims + 3 * clients)
        if known then return known end
        local length = tonumber(ARGV[11])
        if redis.call('LLEN', KEYS[8]) ~= length or (chains > 0 and redis.call('LLEN', KEYS[8 + eventKeys]) ~= length) then return {'damaged'} end
        for i = 1, replaced do
            local found = redis.call('LLEN', KEYS[replacedKeys + i])
            if found == 0 then return {'moved'} end
            if found <= tonumber(ARGV[lines + 2 * i - 1]) then return {'damaged'} end
        end
        for i = segments + 1, segments + 5 * resealed, 5 do
            if redis.call('GETRANGE', KEYS[6], ARGV[i], ARGV[i] + 31) ~= ARGV[i + 1] then return {'moved'} end
            if (tonumber(redis.call('ZSCORE', KEYS[7], ARGV[i + 4]) or '0') or 0) == 0 then return {'moved'} end
        end
        push(8, events, n, length)
        if chains > 0 then push(8 + eventKeys, chain, n, length) end
        for i = 1, replaced do redis.call('LSET', KEYS[replacedKeys + i], ARGV[lines + 2 * i - 1], ARGV[lines + 2 * i]) end
        for i = segments + 1, segments + 5 * resealed, 5 do
            redis.call('SETRANGE', KEYS[6], ARGV[i], ARGV[i + 2])
            redis.call('ZREM', KEYS[7], ARGV[i + 4])
            redis.call('ZADD', KEYS[7], ARGV[22], ARGV[i + 3])
        end
        if replaced + resealed > 0 then redis.call('HINCRBY', KEYS[1], 'replaced', 1) end
        push(8 + eventKeys + chainKeys, bridge, m, tonumber(ARGV[19]))
        redis.call('HSET', KEYS[1], 'count', ARGV[4], 'hash', ARGV[5], 'bridge', ARGV[6])
        if clients > 0 then keep(KEYS[2], KEYS[3], clientNames, clientRecords, tonumber(ARGV[13])) end
        if retries > 0 then
            keep(KEYS[4], KEYS[5], retryNames, retryRecords, tonumber(ARGV[15]))
            redis.call('PEXPIRE', KEYS[4], ARGV[16])
            redis.call('PEXPIRE', KEYS[5], ARGV[16])
        end
        return {'appended'}
        """;

    /// <summary>
    /// KEYS segment, the hashes of its stream. ARGV first index, lines and bytes at most, the segment's place among the hashes. Looks a little ahead at a time,
    /// so that large lines are not gathered only to be left out. Returns lines; or the hash, where the segment is in the archive.
    /// </summary>
    public const string Read = """
        local from, lines, bytes = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
        local page, count, size, step = {}, 0, 0, 4
        while count < lines do
            if step > lines - count then step = lines - count end
            local found = redis.call('LRANGE', KEYS[1], from + count, from + count + step - 1)
            for i = 1, #found do
                if count > 0 and size + #found[i] > bytes then return page end
                count = count + 1
                page[count] = found[i]
                size = size + #found[i] + 1
            end
            if count == 0 then
                local hash = redis.call('GETRANGE', KEYS[2], ARGV[4], ARGV[4] + 31)
                if #hash == 32 then return hash end
            end
            if #found < step then return page end
            step = math.min(256, math.max(1, math.floor((bytes - size) / (size / count)) + 1))
        end
        return page
        """;

    /// <summary>KEYS head, the hash to write, the hash to clear. ARGV name, content.</summary>
    public const string WriteDocument = """
        if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
        redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
        redis.call('HDEL', KEYS[3], ARGV[1])
        return 1
        """;

    /// <summary>KEYS head, the hash to write, the hash to clear. ARGV name, content with its rank before it, rank or nothing.</summary>
    public const string WriteBeside = """
        if redis.call('EXISTS', KEYS[1]) == 0 then return -1 end
        if ARGV[3] ~= '' then
            local known = redis.call('HGET', KEYS[2], ARGV[1])
            local rank = known and tonumber(string.match(known, '^(%d+)\n'))
            if rank and rank > tonumber(ARGV[3]) then return 0 end
        end
        redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
        redis.call('HDEL', KEYS[3], ARGV[1])
        return 1
        """;

    /// <summary>KEYS hash. ARGV field, what is expected there, what takes its place. Returns 1 when it did, 0 when something else was there.</summary>
    public const string Exchange = """
        if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
        redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
        return 1
        """;

    /// <summary>
    /// KEYS sealed:loose. ARGV an object's name, the time (Unix ms). Says that it is about to be written; 0 where it is being deleted. A full Redis refuses no
    /// write behind one that takes nothing, such as the first: what leaves for the archive makes room.
    /// </summary>
    public const string Announce = """
        if tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or '1') == 0 then return 0 end
        redis.call('ZREM', KEYS[1], ARGV[1])
        redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
        return 1
        """;

    /// <summary>
    /// KEYS head, segment, the hashes of its stream, sealed:loose. ARGV 1 birth, 2 the segment's place among the hashes, 3 how often lines had given way when it
    /// was read, 4 lines in a segment, 5 hash, 6 the object's name, 7 layout. A full Redis does this too, for the first write gives room.
    /// </summary>
    public const string Seal = """
        local head = redis.call('HMGET', KEYS[1], 'birth', 'replaced')
        if head[1] ~= ARGV[1] then return 'missing' end
        if redis.call('STRLEN', KEYS[3]) ~= tonumber(ARGV[2]) then return 'other' end
        if (head[2] or '0') ~= ARGV[3] or redis.call('LLEN', KEYS[2]) ~= tonumber(ARGV[4]) then return 'changed' end
        if (tonumber(redis.call('ZSCORE', KEYS[4], ARGV[6]) or '0') or 0) == 0 then return 'changed' end
        redis.call('UNLINK', KEYS[2])
        redis.call('ZREM', KEYS[4], ARGV[6])
        redis.call('APPEND', KEYS[3], ARGV[5])
        redis.call('HSET', KEYS[1], 'layout', ARGV[7])
        return 'sealed'
        """;

    /// <summary>
    /// KEYS sealed:loose, the hashes of a stream. ARGV 1 an object's name, 2 its segment's place among the hashes, 3 its hash, 4 the time (Unix ms) before which
    /// it became loose. Returns 1 where it may be deleted: its segment has another hash, and what gave way never comes back.
    /// </summary>
    public const string Condemn = """
        local since = tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or '')
        if not since or since > tonumber(ARGV[4]) then return 0 end
        local hash = redis.call('GETRANGE', KEYS[2], ARGV[2], ARGV[2] + 31)
        if #hash < 32 then return 0 end
        redis.call('ZREM', KEYS[1], ARGV[1])
        if hash == ARGV[3] then return 0 end
        redis.call('ZADD', KEYS[1], 0, ARGV[1])
        return 1
        """;
}
