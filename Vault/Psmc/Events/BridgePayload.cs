using Granary.Vault.Canonical;
using Granary.Vault.Reducer;

namespace Granary.Vault.Psmc.Events;

/// <summary>
/// What a bridge event takes from its event: kind, subject and confidence. The reference takes whatever it finds and its reducer
/// fails on some of it for ever after; here that is refused.
/// </summary>
internal sealed record BridgePayload(string Kind, byte[] Subject, byte[] Confidence)
{
    public static BridgePayload From(string type, ReadOnlySpan<byte> data)
    {
        var isAssertion = type is "belief" or "decision" or "reflection";
        return new BridgePayload(isAssertion ? "ASSERTION" : "OBSERVATION", FindSubject(data), FindConfidence(data, isAssertion));
    }

    private static byte[] FindSubject(ReadOnlySpan<byte> data)
    {
        foreach (var field in (ReadOnlySpan<string>)["subject", "title", "name"])
        {
            if (!CanonicalObject.TryGet(data, System.Text.Encoding.ASCII.GetBytes(field), out var value) || PythonValue.IsFalsy(value))
                continue;
            return PythonValue.IsString(value)
                ? value.ToArray()
                : throw new PsmcInputException($"data.{field} must be a string when emit_provara is set: it names what the belief is about.");
        }
        return "\"psmc_node\""u8.ToArray();
    }

    private static byte[] FindConfidence(ReadOnlySpan<byte> data, bool isAssertion)
    {
        if (!CanonicalObject.TryGet(data, "confidence"u8, out var value) || PythonValue.IsFalsy(value))
            return isAssertion ? "0.5"u8.ToArray() : "1.0"u8.ToArray();
        return PythonValue.IsNumber(value) && double.IsFinite(PythonValue.Number(value) ?? double.NaN)
            ? value.ToArray()
            : throw new PsmcInputException("data.confidence must be a number within the range of a double when emit_provara is set.");
    }
}
