using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Granary.Hosting.Configuration;

/// <summary>Reads settings from the environment; what cannot be read is a sentence that names the variable and what it takes.</summary>
public sealed class Settings(Func<string, string?> environment)
{
    /// <summary>A text; null where it is absent or empty.</summary>
    public string? Text(string name) => environment(name) is { Length: > 0 } value ? value : null;

    /// <summary>Texts separated by commas.</summary>
    public IReadOnlyList<string> List(string name) =>
        Text(name)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];

    /// <summary>A whole number.</summary>
    /// <exception cref="InvalidDataException">It is none, or out of bounds.</exception>
    public int Number(string name, int otherwise, int min, int max)
    {
        if (Text(name) is not { } text)
            return otherwise;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max
            ? value
            : throw new InvalidDataException($"{name} is a whole number from {min} to {max}; it is '{text}'.");
    }

    /// <summary>A time in whole seconds.</summary>
    /// <exception cref="InvalidDataException">It is none, or out of bounds.</exception>
    public TimeSpan Seconds(string name, TimeSpan otherwise, int min = 1, int max = 86_400 * 30)
    {
        if (Text(name) is not { } text)
            return otherwise;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds >= min && seconds <= max)
            return TimeSpan.FromSeconds(seconds);
        var example = ((int)otherwise.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        throw new InvalidDataException($"{name} is a whole number of seconds from {min} to {max}, without a unit, for example {example}; it is '{text}'.");
    }

    /// <summary>Yes or no.</summary>
    /// <exception cref="InvalidDataException">It is neither.</exception>
    public bool Flag(string name, bool otherwise) => Text(name) is { } text
        ? ParseFlag(text) ?? throw new InvalidDataException($"{name} is true or false; it is '{text}'.")
        : otherwise;

    /// <summary>A log level in the words of mcp-instana: INFO where none is given.</summary>
    /// <exception cref="InvalidDataException">It is none of them.</exception>
    public LogLevel Level(string name) => ParseLevel(Text(name) ?? "INFO");

    /// <summary>Reads DEBUG, INFO, WARNING, ERROR or CRITICAL.</summary>
    /// <exception cref="InvalidDataException">It is none of them.</exception>
    public static LogLevel ParseLevel(string text) => text.ToUpperInvariant() switch
    {
        "DEBUG" => LogLevel.Debug,
        "INFO" => LogLevel.Information,
        "WARNING" => LogLevel.Warning,
        "ERROR" => LogLevel.Error,
        "CRITICAL" => LogLevel.Critical,
        _ => throw new InvalidDataException($"LOG_LEVEL (or --log-level) is DEBUG, INFO, WARNING, ERROR or CRITICAL; it is '{text}'."),
    };

    /// <summary>Reads the words people write for yes and no; null for others.</summary>
    public static bool? ParseFlag(string text) => text.ToLowerInvariant() switch
    {
        "1" or "true" or "yes" or "on" => true,
        "0" or "false" or "no" or "off" => false,
        _ => null,
    };
}
