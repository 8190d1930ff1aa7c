namespace Granary.Hosting.Telemetry;

/// <summary>The forms of a program's log.</summary>
public static class LogFormats
{
    /// <summary>Whether a setting asks for JSON.</summary>
    /// <exception cref="InvalidDataException">It is neither <c>text</c> nor <c>json</c>.</exception>
    public static bool IsJson(string? format) => format switch
    {
        null or "text" => false,
        "json" => true,
        _ => throw new InvalidDataException($"GRANARY_LOG_FORMAT (--log-format) is text or json; it is '{format}'."),
    };
}
