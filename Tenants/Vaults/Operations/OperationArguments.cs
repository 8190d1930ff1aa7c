using System.Text.Json;

namespace Granary.Tenants.Vaults.Operations;

/// <summary>An operation's arguments: a JSON object. Members nobody asks for are left alone; null stands for absent.</summary>
internal sealed class OperationArguments : IDisposable
{
    /// <summary>The longest text.</summary>
    public const int MaxTextLength = 4096;

    private readonly JsonDocument _document;

    private OperationArguments(JsonDocument document) => _document = document;

    /// <exception cref="TenantException">It is not a JSON object.</exception>
    public static OperationArguments Parse(ReadOnlyMemory<byte> json)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(json.IsEmpty ? "{}"u8.ToArray() : json);
        }
        catch (JsonException failure)
        {
            throw new TenantException(TenantFailure.InvalidInput, "The arguments are not JSON.", null, failure);
        }
        if (document.RootElement.ValueKind == JsonValueKind.Object)
            return new OperationArguments(document);
        document.Dispose();
        throw Wrong("The arguments must be an object.");
    }

    public string Required(string name) =>
        Text(name) ?? throw Wrong($"{name} is required.");

    public string? Text(string name)
    {
        if (Find(name) is not { } value)
            return null;
        if (value.ValueKind != JsonValueKind.String)
            throw Wrong($"{name} must be a string.");
        string text;
        try
        {
            text = value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Wrong($"{name} holds half of a surrogate pair.");
        }
        return text.Length switch
        {
            0 => throw Wrong($"{name} must not be empty; leave it out instead."),
            > MaxTextLength => throw Wrong($"{name} is too long: at most {MaxTextLength} characters."),
            _ => text,
        };
    }

    /// <summary>A text that is required and may be long.</summary>
    public string LongText(string name, int maxLength)
    {
        if (Find(name) is not { ValueKind: JsonValueKind.String } value)
            throw Wrong($"{name} is required, and must be a string.");
        var text = value.GetString()!;
        return text.Length <= maxLength ? text : throw Wrong($"{name} is too long: at most {maxLength} characters.");
    }

    /// <summary>A list of texts; empty where it is absent.</summary>
    public IReadOnlyList<string> Texts(string name) => Find(name) switch
    {
        null => [],
        { ValueKind: JsonValueKind.Array } list when list.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) =>
            [.. list.EnumerateArray().Select(item => item.GetString()!)],
        _ => throw Wrong($"{name} must be a list of strings."),
    };

    public int Number(string name, int otherwise, int min, int max)
    {
        if (Find(name) is not { } value)
            return otherwise;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= min && number <= max
            ? number
            : throw Wrong($"{name} must be a whole number from {min} to {max}.");
    }

    public bool Flag(string name, bool otherwise = false) => Find(name) switch
    {
        null => otherwise,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        _ => throw Wrong($"{name} must be true or false."),
    };

    /// <summary>A text that is one of a few.</summary>
    public string Choice(string name, string otherwise, params ReadOnlySpan<string> choices)
    {
        var text = Text(name) ?? otherwise;
        return choices.Contains(text) ? text : throw Wrong($"{name} must be one of {string.Join(", ", choices)}.");
    }

    /// <summary>The value as it is, or null.</summary>
    public JsonElement? Find(string name) =>
        _document.RootElement.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public void Dispose() => _document.Dispose();

    public static TenantException Wrong(string sentence) => new(TenantFailure.InvalidInput, sentence);
}
