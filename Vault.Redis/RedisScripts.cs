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
    /// KEYS head, keys, keys:order, retries, retries:order, two segments each of events, chain and bridge, the segment of each line that is replaced.
    /// ARGV 1 expected count, 2 hash and 3 bridge; 4 new count, 5 hash and 6 bridge; 7 entries, 8 of them in the first segment; 9 bridge lines, 10 of
    /// them in the first segment; 11 length of the first segment; 12 clients' keys and 13 how many are kept; 14 retry keys, 15 how many are kept and
    /// 16 for how many ms after the last; 17 lines of the chain, 18 replaced lines; then events, chain, bridge, of each key the entry's index, the key
    /// and its record, and of each replaced line its index and the new one.
    /// </summary>
    public const string Append = """
        local head = redis.call('HMGET', KEYS[1], 'count', 'hash', 'bridge')
        if not head[1] then return {'missing'} end
        if head[1] ~= ARGV[1] or head[2] ~= ARGV[2] or head[3] ~= ARGV[3] then
            return {'conflict', head[1], head[2], head[3]}
        end
        local n, m, clients, retries = tonumber(ARGV[7]), tonumber(ARGV[9]), tonumber(ARGV[12]), tonumber(ARGV[14])
        local chains, replaced = tonumber(ARGV[17]), tonumber(ARGV[18])
        local events = 18
        local chain = events + n
        local bridge = chain + chains
        local claims = bridge + m
        local lines = claims + 3 * (clients + retries)
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
        local function push(first, second, from, count, split)
            redis.call('RPUSH', first, unpack(ARGV, from + 1, from + split))
            if count > split then redis.call('RPUSH', second, unpack(ARGV, from + split + 1, from + count)) end
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
        if redis.call('LLEN', KEYS[6]) ~= length or (chains > 0 and redis.call('LLEN', KEYS[8]) ~= length) then return {'damaged'} end
        for i = 1, replaced do
            if redis.call('LLEN', KEYS[11 + i]) <= tonumber(ARGV[lines + 2 * i - 1]) then return {'damaged'} end
        end
        push(KEYS[6], KEYS[7], events, n, tonumber(ARGV[8]))
        if chains > 0 then push(KEYS[8], KEYS[9], chain, n, tonumber(ARGV[8])) end
        for i = 1, replaced do redis.call('LSET', KEYS[11 + i], ARGV[lines + 2 * i - 1], ARGV[lines + 2 * i]) end
        if m > 0 then push(KEYS[10], KEYS[11], bridge, m, tonumber(ARGV[10])) end
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
    /// KEYS segment. ARGV first index, lines and bytes at most. Looks a little ahead at a time, so that large lines are not gathered only to be
    /// left out.
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
}
