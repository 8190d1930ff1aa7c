using Granary.Vault.Canonical;
using Granary.Vault.Reducer;

namespace Granary.Vault.Psmc.Bridge;

/// <summary>
/// What the reference's snapshot makes of a PSMC event (specification 12): an event for the reducer, with the hash for an id, the actor
/// <c>psmc_user</c>, the data as the value and the type as the predicate. Events without a subject, title or name share one.
/// </summary>
internal static class PsmcBelief
{
    public static ReadOnlySpan<byte> View(ReadOnlySpan<byte> line, PooledBuffer scratch)
    {
        if (!CanonicalJson.IsCanonical(line, EventLimits.MaxReadDepth))
        {
            try
            {
                line = CanonicalJson.Canonicalize(line, EventLimits.MaxReadDepth);
            }
            catch (CanonicalJsonException)
            {
                // The reducer counts it and says why.
                return line;
            }
        }
        if (line[0] != '{')
            return line;
        ReadOnlySpan<byte> data = "{}"u8, hash = default, timestamp = "null"u8, type = "\"note\""u8;
        var members = new CanonicalObject(line);
        while (members.MoveNext())
        {
            var key = members.Key;
            if (key.SequenceEqual("data"u8))
                data = members.Value;
            else if (key.SequenceEqual("hash"u8))
                hash = members.Value;
            else if (key.SequenceEqual("timestamp"u8))
                timestamp = members.Value;
            else if (key.SequenceEqual("type"u8))
                type = members.Value;
        }
        Write(scratch, data, hash, timestamp, type);
        return scratch.Written;
    }

    private static void Write(PooledBuffer output, ReadOnlySpan<byte> data, ReadOnlySpan<byte> hash, ReadOnlySpan<byte> timestamp, ReadOnlySpan<byte> type)
    {
        var isAssertion = type.SequenceEqual("\"belief\""u8) || type.SequenceEqual("\"decision\""u8)
            || type.SequenceEqual("\"reflection\""u8) || type.SequenceEqual("\"correction\""u8);
        ReadOnlySpan<byte> confidence = default, subject = default, title = default, name = default;
        if (data[0] == '{')
        {
            var members = new CanonicalObject(data);
            while (members.MoveNext())
            {
                var key = members.Key;
                if (key.SequenceEqual("confidence"u8))
                    confidence = members.Value;
                else if (key.SequenceEqual("subject"u8))
                    subject = members.Value;
                else if (key.SequenceEqual("title"u8))
                    title = members.Value;
                else if (key.SequenceEqual("name"u8))
                    name = members.Value;
            }
        }
        output.Clear();
        output.Write("{\"actor\":\"psmc_user\",\"event_id\":"u8);
        output.Write(hash.IsEmpty ? "null"u8 : hash);
        output.Write(",\"payload\":{\"confidence\":"u8);
        output.Write(!PythonValue.IsFalsy(confidence) ? confidence : isAssertion ? "0.5"u8 : "1.0"u8);
        output.Write(",\"predicate\":"u8);
        output.Write(type);
        output.Write(",\"subject\":"u8);
        output.Write(!PythonValue.IsFalsy(subject) ? subject : !PythonValue.IsFalsy(title) ? title : !PythonValue.IsFalsy(name) ? name : "\"psmc_node\""u8);
        output.Write(",\"timestamp\":"u8);
        output.Write(timestamp);
        output.Write(",\"value\":"u8);
        output.Write(data);
        output.Write(isAssertion ? "},\"type\":\"ASSERTION\"}"u8 : "},\"type\":\"OBSERVATION\"}"u8);
    }
}
