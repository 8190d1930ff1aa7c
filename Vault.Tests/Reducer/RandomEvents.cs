using System.Text;

namespace Granary.Vault.Tests.Reducer;

/// <summary>Events of all kinds about few beliefs, so that they agree, quarrel, are attested and retracted; the same numbers give the same events.</summary>
internal static class RandomEvents
{
    private static readonly string[] Types = ["OBSERVATION", "OBSERVATION", "OBSERVATION", "ASSERTION", "ATTESTATION", "RETRACTION", "REDUCER_EPOCH", "GENESIS"];
    private static readonly string[] Values = ["1", "1.0", "true", "\"ü\\n\"", "{\"a\":[1,2.5]}", "null", "0", "-0.0"];
    private static readonly string[] Confidences = ["0.2", "0.5", "0.9", "1", "\"0.7\"", "\"inf\"", "null", "1e-05"];

    public static byte[][] From(int[] numbers) => [.. numbers.Select((number, i) => One(unchecked((uint)number), i))];

    private static byte[] One(uint number, int i)
    {
        if (number % 23 == 0)
            return Encoding.UTF8.GetBytes(
                $$$"""{"schema_version":"1.0.0","event_id":"s{{{i}}}","event_type":"{{{(number % 2 == 0 ? "action.proposed" : "audit.passed")}}}","payload":{"id":"p{{{number % 3}}}"}}""");
        if (number % 29 == 0)
            return "{not json"u8.ToArray();
        var type = Types[number % 8];
        var subject = number / 8 % 3;
        var value = Values[number / 24 % 8];
        var confidence = Confidences[number / 192 % 8];
        return Encoding.UTF8.GetBytes(
            $$$"""{"type":"{{{type}}}","event_id":"evt_{{{i:x24}}}","actor":"a{{{number % 5}}}","payload":{"subject":"s{{{subject}}}","predicate":"p","value":{{{value}}},"confidence":{{{confidence}}},"timestamp":"t{{{i}}}"}}""");
    }
}
