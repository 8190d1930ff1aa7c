using Granary.Vault.Canonical;
using Granary.Vault.Reducer;

namespace Granary.Vault.Backpack.Events;

/// <summary>What the payload of an appended event must hold, per type, and what would poison a replay of the vault (specification 3.1, 5.4).</summary>
internal static class PayloadRules
{
    public static void Check(string type, ReadOnlySpan<byte> payload)
    {
        foreach (var reserved in (ReadOnlySpan<string>)["redacted", "_privacy"])
        {
            if (CanonicalObject.TryGet(payload, System.Text.Encoding.ASCII.GetBytes(reserved), out _))
                throw new BackpackInputException(
                    $"payload.{reserved} is the vault's own mark of a redacted or encrypted payload; give the member another name.");
        }
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
        foreach (var name in (ReadOnlySpan<string>)["timestamp", "timestamp_utc", "target_event_id", "actor_key_id"])
            CheckOptionalText(payload, name);
    }

    private static void RequireText(ReadOnlySpan<byte> payload, string name)
    {
        if (!CanonicalObject.TryGet(payload, System.Text.Encoding.ASCII.GetBytes(name), out var value) || !PythonValue.IsString(value) || value.Length == 2)
            throw new BackpackInputException($"payload.{name} is required: a string that is not empty.");
        if (value.Length > BackpackLimits.MaxTermLength * 3 || JsonString.Read(value).Length > BackpackLimits.MaxTermLength)
            throw new BackpackInputException($"payload.{name} is too long: at most {BackpackLimits.MaxTermLength} characters.");
    }

    private static void CheckOptionalText(ReadOnlySpan<byte> payload, string name)
    {
        if (CanonicalObject.TryGet(payload, System.Text.Encoding.ASCII.GetBytes(name), out var value)
            && !PythonValue.IsString(value) && !value.SequenceEqual("null"u8))
            throw new BackpackInputException($"payload.{name} must be a string or null.");
    }

    private static void CheckConfidence(ReadOnlySpan<byte> payload)
    {
        if (!CanonicalObject.TryGet(payload, "confidence"u8, out var value) || value.SequenceEqual("null"u8))
            return;
        if (!PythonValue.IsNumber(value) || PythonValue.Number(value) is not (>= 0 and <= 1))
            throw new BackpackInputException("payload.confidence must be a number from 0 to 1, or null.");
    }
}
