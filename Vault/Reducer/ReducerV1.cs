using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Granary.Vault.Canonical;

namespace Granary.Vault.Reducer;

/// <summary>
/// The reference's streaming statistics (specification 5.6): counts, chain heads, and a Merkle root over events whose working state is one hash for
/// each level. Its checkpoint is a JSON text that it goes on from.
/// </summary>
public sealed class ReducerV1
{
    private const int MaxLevel = 62;
    private const string Format = "provara.reducer_v1.checkpoint";

    private readonly SortedDictionary<string, string> _heads = new(Utf8Text.Order);
    private readonly SortedDictionary<string, long> _types = new(Utf8Text.Order);
    private readonly SortedSet<string> _actors = new(Utf8Text.Order);
    private readonly SortedDictionary<int, byte[]> _frontier = [];
    private string? _lastEventId;

    /// <summary>How many events were counted.</summary>
    public long EventCount { get; private set; }

    /// <summary>How many bytes of the file have been taken: where to go on.</summary>
    public long Offset { get; private set; }

    /// <summary>Takes a line without its line feed, which counts one byte. What is not a JSON object is skipped.</summary>
    public void Apply(ReadOnlySpan<byte> line)
    {
        Offset += line.Length + 1;
        using var scratch = new PooledBuffer(line.Length + 16);
        try
        {
            CanonicalJson.Write(line, scratch, EventLimits.MaxReadDepth);
        }
        catch (CanonicalJsonException)
        {
            return;
        }
        var text = scratch.Written;
        if (text[0] != '{')
            return;
        var leaf = SHA256.HashData(text);
        var id = Member(text, "event_id"u8) ?? Convert.ToHexStringLower(leaf);
        var actor = Member(text, "actor"u8) ?? "unknown";
        var type = Member(text, "type"u8) ?? "unknown";
        _actors.Add(actor);
        _heads[actor] = id;
        _types[type] = _types.GetValueOrDefault(type) + 1;
        _lastEventId = id;
        EventCount++;
        var level = 0;
        for (; _frontier.Remove(level, out var left); level++)
            leaf = Node(left, leaf);
        _frontier[level] = leaf;
    }

    /// <summary>The Merkle root of the events so far (the tree of specification 4, whose odd nodes pair with themselves): 64 hex digits.</summary>
    public string MerkleRoot()
    {
        if (_frontier.Count == 0)
            return Convert.ToHexStringLower(SHA256.HashData([]));
        byte[]? carry = null;
        var top = _frontier.Keys.Max();
        for (var level = 0; level < top; level++)
        {
            if (_frontier.TryGetValue(level, out var left))
                carry = Node(left, carry ?? left);
            else if (carry is not null)
                carry = Node(carry, carry);
        }
        return Convert.ToHexStringLower(carry is null ? _frontier[top] : Node(_frontier[top], carry));
    }

    /// <summary>Appends the statistics as canonical JSON.</summary>
    public void WriteState(PooledBuffer output)
    {
        output.Write("{\"actor_chain_heads\":"u8);
        WriteObject(output, _heads, static (output, id) => JsonString.Write(id, output));
        output.Write(",\"actors\":["u8);
        var first = true;
        foreach (var actor in _actors)
        {
            if (!first)
                output.Write((byte)',');
            first = false;
            JsonString.Write(actor, output);
        }
        output.Write("],\"event_count\":"u8);
        output.WriteNumber(EventCount);
        output.Write(",\"last_event_id\":"u8);
        if (_lastEventId is null)
            output.Write("null"u8);
        else
            JsonString.Write(_lastEventId, output);
        output.Write(",\"last_event_offset\":"u8);
        output.WriteNumber(Offset);
        output.Write(",\"merkle_frontier\":"u8);
        WriteObject(output, _frontier.ToDictionary(level => level.Key.ToString(), level => level.Value).OrderBy(level => level.Key, StringComparer.Ordinal),
            static (output, node) => JsonString.Write(Convert.ToHexStringLower(node), output));
        output.Write(",\"merkle_root\":"u8);
        JsonString.Write(MerkleRoot(), output);
        output.Write(",\"type_counts\":"u8);
        WriteObject(output, _types, static (output, count) => output.WriteNumber(count));
        output.Write((byte)'}');
    }

    /// <summary>Appends the checkpoint file's text.</summary>
    public void WriteCheckpoint(PooledBuffer output)
    {
        output.Write("{\"format\":\"provara.reducer_v1.checkpoint\",\"state\":"u8);
        WriteState(output);
        output.Write((byte)'}');
    }

    /// <summary>The statistics that a checkpoint file holds. It is not signed: anyone who can write it can make it say anything.</summary>
    /// <exception cref="FormatException">It is not such a file.</exception>
    public static ReducerV1 Resume(ReadOnlyMemory<byte> checkpoint)
    {
        try
        {
            CanonicalJson.Check(checkpoint.Span);
            using var document = JsonDocument.Parse(checkpoint);
            if (document.RootElement.GetProperty("format").GetString() != Format)
                throw new FormatException($"The checkpoint's format is not {Format}.");
            return new ReducerV1(document.RootElement.GetProperty("state"));
        }
        catch (CanonicalJsonException failure)
        {
            throw new FormatException($"The file is not a checkpoint of the reducer's statistics: {failure.Message}", failure);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new FormatException("The file is not a checkpoint of the reducer's statistics.", failure);
        }
    }

    /// <summary>Creates empty statistics.</summary>
    public ReducerV1()
    {
    }

    private ReducerV1(JsonElement state)
    {
        EventCount = state.GetProperty("event_count").GetInt64();
        Offset = state.GetProperty("last_event_offset").GetInt64();
        _lastEventId = state.GetProperty("last_event_id").GetString();
        foreach (var actor in state.GetProperty("actors").EnumerateArray())
            _actors.Add(actor.GetString() ?? "");
        foreach (var head in state.GetProperty("actor_chain_heads").EnumerateObject())
            _heads[head.Name] = head.Value.GetString() ?? "";
        foreach (var type in state.GetProperty("type_counts").EnumerateObject())
            _types[type.Name] = type.Value.GetInt64();
        foreach (var node in state.GetProperty("merkle_frontier").EnumerateObject())
        {
            // A frontier is as deep as the logarithm of its events: a level beyond would be walked to for ever.
            if (!byte.TryParse(node.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var level) || level > MaxLevel
                || Convert.FromHexString(node.Value.GetString() ?? "") is not { Length: SHA256.HashSizeInBytes } hash)
                throw new FormatException($"merkle_frontier must hold hashes of 64 hex digits by their level, 0 to {MaxLevel}.");
            _frontier[level] = hash;
        }
    }

    private static byte[] Node(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        Span<byte> both = stackalloc byte[SHA256.HashSizeInBytes * 2];
        left.CopyTo(both);
        right.CopyTo(both[SHA256.HashSizeInBytes..]);
        return SHA256.HashData(both);
    }

    private static string? Member(ReadOnlySpan<byte> text, ReadOnlySpan<byte> key) =>
        CanonicalObject.TryGet(text, key, out var value) && !PythonValue.IsFalsy(value) ? PythonValue.Text(value) : null;

    private static void WriteObject<T>(PooledBuffer output, IEnumerable<KeyValuePair<string, T>> members, Action<PooledBuffer, T> write)
    {
        output.Write((byte)'{');
        var first = true;
        foreach (var (name, value) in members)
        {
            if (!first)
                output.Write((byte)',');
            first = false;
            JsonString.Write(name, output);
            output.Write((byte)':');
            write(output, value);
        }
        output.Write((byte)'}');
    }
}
