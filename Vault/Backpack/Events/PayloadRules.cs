using System.Text;
using Granary.Vault.Canonical;
using Granary.Vault.Reducer;

namespace Granary.Vault.Backpack.Events;

/// <summary>What the payload of an appended event must hold, per type, and what would poison a replay of the vault (specification 3.1, 5.4).</summary>
internal static class PayloadRules
{
    public static void Check(string type, ReadOnlySpan<byte> payload)
    {
        var notText = CheckNames(payload);
        if (type == "REDUCER_EPOCH")
        {
            RequireText(payload, "epoch_id");
            RequireText(payload, "reducer_hash");
        }
        if (!EventTypes.IsBelief(type))
            return;
        RequireText(payload, "subject");
        RequireText(payload, "predicate");
        if (type == "ATTESTATION" && !CanonicalObject.TryGet(payload, "value"u8, out _))
            throw new BackpackInputException("payload.value is required in an ATTESTATION: what is attested.");
        CheckConfidence(payload);
        if (notText is not null)
            throw new BackpackInputException($"payload.{notText} must be a string or null.");
    }

    /// <summary>Refuses the vault's own members.</summary>
    /// <returns>The first member that a belief may have only as text, and that is something else.</returns>
    private static string? CheckNames(ReadOnlySpan<byte> payload)
    {
        string? notText = null;
        var members = new CanonicalObject(payload);
        while (members.MoveNext())
        {
            var key = members.Key;
            if (key.SequenceEqual("redacted"u8) || key.SequenceEqual("_privacy"u8))
            {
                throw new BackpackInputException(
                    $"payload.{Encoding.ASCII.GetString(key)} is the vault's own mark of a redacted or encrypted payload; give the member another name.");
            }
            if (notText is null && !PythonValue.IsString(members.Value) && !members.Value.SequenceEqual("null"u8)
                && (key.SequenceEqual("timestamp"u8) || key.SequenceEqual("timestamp_utc"u8) || key.SequenceEqual("target_event_id"u8) || key.SequenceEqual("actor_key_id"u8)))
            {
                notText = Encoding.ASCII.GetString(key);
            }
        }
        return notText;
    }

    private static void RequireText(ReadOnlySpan<byte> payload, string name)
    {
        if (!CanonicalObject.TryGet(payload, Encoding.ASCII.GetBytes(name), out var value) || !PythonValue.IsString(value) || value.Length == 2)
            throw new BackpackInputException($"payload.{name} is required: a string that is not empty.");
        if (value.Length > BackpackLimits.MaxTermLength * 3 || JsonString.Read(value).Length > BackpackLimits.MaxTermLength)
            throw new BackpackInputException($"payload.{name} is too long: at most {BackpackLimits.MaxTermLength} characters.");
    }

    private static void CheckConfidence(ReadOnlySpan<byte> payload)
    {
        if (!CanonicalObject.TryGet(payload, "confidence"u8, out var value) || value.SequenceEqual("null"u8))
            return;
        if (!PythonValue.IsNumber(value) || PythonValue.Number(value) is not (>= 0 and <= 1))
            throw new BackpackInputException("payload.confidence must be a number from 0 to 1, or null.");
    }
}
