using System.Text.Json;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Protocol.Messages;

/// <summary>Reads the protocol's log levels.</summary>
internal static class LogLevels
{
    private static readonly string[] Names = ["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"];

    /// <exception cref="RpcException">There is no such level.</exception>
    public static LoggingLevel Parse(string? text)
    {
        var index = Array.IndexOf(Names, text);
        return index >= 0
            ? (LoggingLevel)index
            : throw RpcException.InvalidParams($"The log level is one of {string.Join(", ", Names)}.");
    }

    /// <summary>Reads a level from a JSON value.</summary>
    public static LoggingLevel Parse(JsonElement value) => Parse(value.ValueKind == JsonValueKind.String ? value.GetString() : null);
}
