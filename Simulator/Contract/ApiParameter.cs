using System.Globalization;

namespace Granary.Simulator.Contract;

/// <summary>A parameter of a query or a path.</summary>
internal sealed record ApiParameter(string Name, string Type, bool IsRequired, bool IsList)
{
    /// <summary>The values it takes; empty for any.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <returns>What is wrong with a value; null for nothing.</returns>
    public string? Problem(string value) => Type switch
    {
        _ when Choices.Count > 0 => Choices.Contains(value)
            ? null
            : $"Invalid value '{value}' for parameter '{Name}': must be one of {string.Join(", ", Choices)}",
        "int" when !long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) || number < 0
            => $"Invalid value '{value}' for parameter '{Name}': must be an integer",
        "num" when !double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _) =>
            $"Invalid value '{value}' for parameter '{Name}': must be a number",
        "bool" when value is not ("true" or "false") => $"Invalid value '{value}' for parameter '{Name}': must be true or false",
        _ => null,
    };
}
