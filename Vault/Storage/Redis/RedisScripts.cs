namespace Granary.Vault.Storage.Redis;

/// <summary>The scripts, each one atomic step. Their first write is one that a full Redis refuses, so none stops half-way.</summary>
internal static class RedisScripts
{
    /// <summary>
    /// KEYS head, docs, secrets. ARGV birth, layout, format, created, zero hash, number of documents, then name and content of each, then of
    /// each secret. Returns the birth of the vault that is there now.
    /// </summary>
    public const string Create = """
        local birth = redis.call('HGET', KEYS[1], 'birth')
        if birth then return birth end
        redis.call('HSET', KEYS[1], 'layout', ARGV[2], 'format', ARGV[3], 'created', ARGV[4], 'birth', ARGV[1], 'count', '0', 'hash', ARGV[5], 'bridge', '0')
        local split = 6 + 2 * tonumber(ARGV[6])
        if split > 6 then redis.call('HSET', KEYS[2], unpack(ARGV, 7, split)) end
        if #ARGV > split then redis.call('HSET', KEYS[3], unpack(ARGV, split + 1)) end
        return ARGV[1]
        """;

    /// <summary>
    /// KEYS head, keys, keys:order, then two segments each of events, chain and bridge, then retries:order.
    /// ARGV 1 expected count, 2 hash and 3 bridge; 4 new count, 5 hash and 6 bridge; 7 entries, 8 of them in the first segment; 9 bridge
    /// lines, 10 of them in the first segment; 11 claims; 12 clients' keys kept, 13 retry keys kept; 14 length of the first segment; then events, chain,
    /// bridge, and of each claim its index, key and record.
    /// </summary>
    public const string Append = """
        local head = redis.call('HMGET', KEYS[1], 'count', 'hash', 'bridge')
        if not head[1] then return {'missing'} end
        if head[1] ~= ARGV[1] or head[2] ~= ARGV[2] or head[3] ~= ARGV[3] then return {'conflict', head[1], head[2], head[3]} end
        local n, m, claims = tonumber(ARGV[7]), tonumber(ARGV[9]), tonumber(ARGV[11])
        local chain = 14 + n
        local bridge = chain + n
        local claim = bridge + m
        local names, records = {}, {}
        if claims > 0 then
            for i = 1, claims do
                names[i] = ARGV[claim + 3 * i - 1]
                records[2 * i - 1] = names[i]
                records[2 * i] = ARGV[claim + 3 * i]
            end
            local taken = redis.call('HMGET', KEYS[2], unpack(names))
            for i = 1, claims do
                if taken[i] then return {'taken', ARGV[claim + 3 * i - 2], taken[i]} end
            end
        end
        local length = tonumber(ARGV[14])
        if redis.call('LLEN', KEYS[4]) ~= length or redis.call('LLEN', KEYS[6]) ~= length then return {'damaged'} end
        local function push(first, second, from, count, split)
            redis.call('RPUSH', first, unpack(ARGV, from + 1, from + split))
            if count > split then redis.call('RPUSH', second, unpack(ARGV, from + split + 1, from + count)) end
        end
        push(KEYS[4], KEYS[5], 14, n, tonumber(ARGV[8]))
        push(KEYS[6], KEYS[7], chain, n, tonumber(ARGV[8]))
        if m > 0 then push(KEYS[8], KEYS[9], bridge, m, tonumber(ARGV[10])) end
        redis.call('HSET', KEYS[1], 'count', ARGV[4], 'hash', ARGV[5], 'bridge', ARGV[6])
        local function remember(order, names, kept)
            if #names == 0 then return end
            local over = redis.call('RPUSH', order, unpack(names)) - tonumber(kept)
            if over <= 0 then return end
            if over > 2048 then over = 2048 end
            redis.call('HDEL', KEYS[2], unpack(redis.call('LRANGE', order, 0, over - 1)))
            redis.call('LTRIM', order, over, -1)
        end
        if claims > 0 then
            redis.call('HSET', KEYS[2], unpack(records))
            local own, retries = {}, {}
            for i = 1, claims do
                local list = names[i]:byte() == 1 and retries or own
                list[#list + 1] = names[i]
            end
            remember(KEYS[3], own, ARGV[12])
            remember(KEYS[10], retries, ARGV[13])
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
}
