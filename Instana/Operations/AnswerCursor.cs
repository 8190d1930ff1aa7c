using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Instana.Params;
using Granary.Instana.Time;

namespace Granary.Instana.Operations;

/// <summary>
/// Where a list goes on. It pins the period, so that a later call continues the same list although time went by; it is bound to the operation
/// and its parameters by a hash, so that it cannot continue another.
/// </summary>
/// <param name="Page">The backend's own paging; null on its first page.</param>
/// <param name="Skip">Items of that page that were shown already.</param>
/// <param name="Window">The period.</param>
internal sealed record AnswerCursor(JsonObject? Page, int Skip, TimeWindow? Window)
{
    private const int MaxLength = 4096;

    private const string Strange = "cursor is not one that this server gave; leave it out to start from the beginning.";

    /// <summary>The last item shown, for lists that change between calls: its place in the order, and its id.</summary>
    public JsonArray? After { get; init; }

    public string Encode(InstanaOperationDefinition row, BoundParams bound)
    {
        var json = new JsonObject { ["q"] = Hash(row, bound), ["s"] = Skip };
        if (Page is not null)
            json["p"] = Page.DeepClone();
        if (Window is not null)
            json["w"] = new JsonArray(Window.From, Window.To);
        if (After is not null)
            json["a"] = After.DeepClone();
        return Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString()));
    }

    public static bool TryDecode(string text, InstanaOperationDefinition row, BoundParams bound, [NotNullWhen(true)] out AnswerCursor? cursor, [NotNullWhen(false)] out string? problem)
    {
        cursor = null;
        problem = Strange;
        if (text.Length > MaxLength || !Base64Url.IsValid(text))
            return false;
        try
        {
            var json = JsonNode.Parse(Base64Url.DecodeFromChars(text))!.AsObject();
            if (json["q"]!.GetValue<string>() != Hash(row, bound))
            {
                problem = "cursor belongs to a call with other parameters; repeat them as they were, or leave the cursor out.";
                return false;
            }
            var window = json["w"] is JsonArray ends ? new TimeWindow(ends[0]!.GetValue<long>(), ends[1]!.GetValue<long>()) : null;
            cursor = new AnswerCursor(json["p"]?.DeepClone().AsObject(), Math.Max(0, json["s"]!.GetValue<int>()), window) { After = json["a"]?.DeepClone().AsArray() };
            problem = null;
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException or FormatException or ArgumentException)
        {
            problem ??= Strange;
            return false;
        }
    }

    private static string Hash(InstanaOperationDefinition row, BoundParams bound)
    {
        var text = new StringBuilder($"{row.ResourceType}/{row.Subtype}/{row.Name}");
        foreach (var (name, value) in bound.Given)
            text.Append('&').Append(name).Append('=').Append(value is JsonNode node ? node.ToJsonString() : value is IReadOnlyList<string> list ? string.Join(',', list) : value);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, 6));
    }
}
