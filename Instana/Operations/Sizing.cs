using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Granary.Instana.Operations;

/// <summary>
/// Cuts an answer to size by its structure. First long texts and long inner lists are shortened, in whole items; then items are left off the
/// end of the list, which a cursor gives later; an answer without a list is shortened step by step. What was left out is said.
/// </summary>
internal static class Sizing
{
    /// <summary>Room for what the envelope adds once it is known what was cut.</summary>
    private const int Reserve = 900;

    private static readonly (int Text, int Items)[] Steps = [(2000, 100), (1000, 40), (400, 20), (200, 10), (100, 5), (60, 2), (30, 1)];

    /// <summary>Cuts what is too long, and writes it; null when even its smallest form is too long.</summary>
    public static byte[]? Write(JsonObject envelope, Answer answer, int maxChars, Func<AnswerCursor, string> encode)
    {
        var room = maxChars - Reserve;
        var list = answer.ListName is { } name ? answer.Results[name] as JsonArray : null;
        var all = list?.Count ?? 0;
        var whole = AnswerEnvelope.Write(envelope);
        var size = Length(whole);
        var omitted = new JsonObject();
        // What is cut is followed by a cursor and a hint, which need room too.
        var limit = size > maxChars || answer.Next?.Invoke(all) is not null ? room : maxChars;
        if (size > limit)
        {
            Shorten(answer.Results, list, Steps[0], omitted);
            size = Length(envelope);
        }
        if (size > limit && list is { Count: > 0 })
        {
            // A list of few but long items is better shortened inside than cut to nothing.
            for (var step = 1; step < Steps.Length && size > room && Length(list[0]) > room / 2; step++)
            {
                Shorten(answer.Results, list, Steps[step], omitted);
                size = Length(envelope);
            }
            Drop(list, size - room);
            size = Length(envelope);
        }
        for (var step = 1; step < Steps.Length && size > limit; step++)
        {
            Shorten(answer.Results, list, Steps[step], omitted);
            size = Length(envelope);
        }
        var kept = list?.Count ?? 0;
        if (kept < all)
        {
            omitted["items"] = all - kept;
            answer.Cut?.Invoke(answer.Results, kept);
        }
        if (omitted.Count > 0)
        {
            envelope["truncated"] = true;
            envelope["omitted"] = omitted;
        }
        if (answer.Next?.Invoke(kept) is { } next)
            envelope["next_cursor"] = encode(next);
        if (kept < all || envelope.ContainsKey("next_cursor"))
            envelope["hint"] = Hint(kept, answer.Total, envelope.ContainsKey("next_cursor"));
        // Most answers fit as they are, and are written once.
        if (size <= limit && kept == all && omitted.Count == 0 && !envelope.ContainsKey("next_cursor"))
            return whole;
        var cut = AnswerEnvelope.Write(envelope);
        return Length(cut) <= maxChars ? cut : null;
    }

    private static string Hint(int kept, long? total, bool more)
    {
        var shown = total is { } all ? string.Create(CultureInfo.InvariantCulture, $"{kept} of {all} are shown") : string.Create(CultureInfo.InvariantCulture, $"{kept} are shown, there are more");
        return more
            ? $"{shown}; repeat the call with cursor = next_cursor for those that follow, filter more, or raise max_chars."
            : $"{shown}; filter more, or raise max_chars.";
    }

    private static void Drop(JsonArray list, int tooMuch)
    {
        while (tooMuch > 0 && list.Count > 1)
        {
            tooMuch -= Length(list[^1]) + 1;
            list.RemoveAt(list.Count - 1);
        }
    }

    private static void Shorten(JsonNode? node, JsonArray? main, (int Text, int Items) step, JsonObject omitted)
    {
        switch (node)
        {
            case JsonObject item:
                foreach (var name in item.Select(member => member.Key).ToList())
                {
                    if (item[name] is JsonValue value && value.GetValueKind() == JsonValueKind.String && value.GetValue<string>() is { } text && text.Length > step.Text && !IsKey(name))
                    {
                        var end = char.IsHighSurrogate(text[step.Text - 1]) ? step.Text - 1 : step.Text;
                        item[name] = string.Create(CultureInfo.InvariantCulture, $"{text[..end]}…");
                        Count(omitted, $"{name} (characters)", text.Length - end);
                    }
                    else if (item[name] is JsonArray array && !ReferenceEquals(array, main) && array.Count > step.Items)
                    {
                        Count(omitted, name, array.Count - step.Items);
                        while (array.Count > step.Items)
                            array.RemoveAt(array.Count - 1);
                        Shorten(array, main, step, omitted);
                    }
                    else if (item[name] is JsonObject inner && inner.Count > step.Items * 4)
                    {
                        Count(omitted, name, inner.Count - (step.Items * 4));
                        foreach (var member in inner.Select(member => member.Key).Skip(step.Items * 4).ToList())
                            inner.Remove(member);
                        Shorten(inner, main, step, omitted);
                    }
                    else
                    {
                        Shorten(item[name], main, step, omitted);
                    }
                }
                break;
            case JsonArray list:
                for (var i = 0; i < list.Count; i++)
                    Shorten(list[i], main, step, omitted);
                break;
        }
    }

    /// <summary>Half an id or half a link is worth nothing.</summary>
    private static bool IsKey(string name) => name is "id" or "link" || name.EndsWith("Id", StringComparison.Ordinal);

    private static void Count(JsonObject omitted, string name, int more)
    {
        if (omitted.Count < 20 || omitted.ContainsKey(name))
            omitted[name] = (omitted[name]?.GetValue<int>() ?? 0) + more;
    }

    /// <summary>Characters of the compact form. Bytes would count other alphabets twice.</summary>
    private static int Length(JsonNode? node) => Length(AnswerEnvelope.Write(node));

    private static int Length(byte[] written) => Encoding.UTF8.GetCharCount(written);
}
