using System.Collections.Frozen;
using System.Text.Json;

namespace Granary.Gateway.Tools.Vaults;

/// <summary>Turns a tool's arguments into an operation's: those the tool has, and its defaults. What says which vault goes beside them, and so does the idempotency key.</summary>
internal sealed class OperationArguments
{
    private readonly OperationDefinition _of;
    private readonly FrozenSet<string> _known;

    public OperationArguments(OperationDefinition definition)
    {
        _of = definition;
        using var input = JsonDocument.Parse($"{{{definition.Input}}}");
        _known = input.RootElement.EnumerateObject().Select(p => p.Name).ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>A JSON object.</summary>
    public ReadOnlyMemory<byte> Write(JsonElement arguments) => VaultJson.Write(json =>
    {
        foreach (var argument in arguments.EnumerateObject())
        {
            if (_known.Contains(argument.Name))
                Write(json, argument);
        }
        foreach (var (name, value) in _of.Defaults)
        {
            if (!_known.Contains(name) || !arguments.TryGetProperty(name, out _))
            {
                json.WritePropertyName(name);
                json.WriteRawValue(value);
            }
        }
    });

    /// <summary>A whole number is one whatever it is written like: to JSON Schema 5.0 is an integer. What is not one keeps the way it is written.</summary>
    private void Write(Utf8JsonWriter json, JsonProperty argument)
    {
        if (argument.Value.ValueKind == JsonValueKind.Number && !_of.Keeps.Contains(argument.Name) && !argument.Value.TryGetInt64(out _)
            && argument.Value.TryGetDecimal(out var number) && decimal.Truncate(number) == number && Math.Abs(number) <= long.MaxValue)
        {
            json.WriteNumber(argument.Name, (long)number);
            return;
        }
        argument.WriteTo(json);
    }
}
