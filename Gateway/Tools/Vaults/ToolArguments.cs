using System.Collections.Frozen;
using System.Text.Json;

namespace Granary.Gateway.Tools.Vaults;

/// <summary>
/// Turns a tool's arguments into an operation's: those the tool has, and its defaults. What says which vault goes beside them, and so does the
/// idempotency key.
/// </summary>
internal sealed class ToolArguments
{
    private readonly OperationDefinition _of;
    private readonly FrozenDictionary<string, string> _known;

    public ToolArguments(OperationDefinition definition)
    {
        _of = definition;
        using var input = JsonDocument.Parse($"{{{definition.Input}}}");
        var other = definition.SameAs.ToDictionary(s => s.Name, s => s.Meant, StringComparer.Ordinal);
        _known = input.RootElement.EnumerateObject().Select(p => p.Name).ToFrozenDictionary(n => n, n => other.GetValueOrDefault(n, n), StringComparer.Ordinal);
    }

    /// <summary>A JSON object.</summary>
    public ReadOnlyMemory<byte> Write(JsonElement arguments) => VaultJson.Write(json =>
    {
        foreach (var argument in arguments.EnumerateObject())
        {
            if (_known.TryGetValue(argument.Name, out var name) && (name == argument.Name || !arguments.TryGetProperty(name, out _)))
                Write(json, name, argument.Value);
        }
        foreach (var (name, value) in _of.Defaults)
        {
            if (!_known.ContainsKey(name) || !arguments.TryGetProperty(name, out _))
            {
                json.WritePropertyName(name);
                json.WriteRawValue(value);
            }
        }
    });

    /// <summary>A whole number is one whatever it is written like: to JSON Schema 5.0 is an integer. What is not one keeps the way it is written.</summary>
    private void Write(Utf8JsonWriter json, string name, JsonElement value)
    {
        json.WritePropertyName(name);
        if (value.ValueKind == JsonValueKind.Number && !_of.Keeps.Contains(name) && !value.TryGetInt64(out _)
            && value.TryGetDecimal(out var number) && decimal.Truncate(number) == number && Math.Abs(number) <= long.MaxValue)
        {
            json.WriteNumberValue((long)number);
            return;
        }
        value.WriteTo(json);
    }
}
