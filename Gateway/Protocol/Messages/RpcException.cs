using System.Text.Json;

namespace Granary.Gateway.Protocol.Messages;

/// <summary>A request that ends in a JSON-RPC error. Off the hot path: thrown for what a well-behaved client does not send.</summary>
internal sealed class RpcException : Exception
{
    public RpcException(int code, string message, int httpStatus = 200, Action<Utf8JsonWriter>? data = null)
        : base(message)
    {
        Code = code;
        HttpStatus = httpStatus;
        Data = data;
    }

    public int Code { get; }

    public int HttpStatus { get; }

    /// <summary>A value for <c>WWW-Authenticate</c>, where nobody was let in.</summary>
    public string? Challenge { get; init; }

    /// <summary>The scopes that the call needs, separated by spaces, where the caller lacks one of them.</summary>
    public string? NeededScopes { get; init; }

    /// <summary>The rule by which a caller was refused, for the log; null where the request itself is wrong.</summary>
    public string? Rule { get; init; }

    /// <summary>When to try again, where waiting helps; HTTP says it as <c>Retry-After</c>.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The id of the request that fails, where it could be read before the failure.</summary>
    public ReadOnlyMemory<byte> Id { get; private set; }

    /// <summary>Writes the error's <c>data</c> value.</summary>
    public new Action<Utf8JsonWriter>? Data { get; }

    /// <summary>Remembers which request fails, so that the error can name it (rule B4).</summary>
    public RpcException WithId(Envelope envelope)
    {
        Id = envelope.Id;
        return this;
    }

    public static RpcException Parse(string message) => new(RpcErrors.Parse, message, 400);

    public static RpcException InvalidRequest(string message, int httpStatus = 400) => new(RpcErrors.InvalidRequest, message, httpStatus);

    /// <summary>A caller is over one of its limits; nothing was done.</summary>
    /// <param name="message">Which limit, and what helps.</param>
    /// <param name="retryAfter">When to try again.</param>
    /// <param name="rule">For the log, where nobody else has written it there.</param>
    public static RpcException TooManyRequests(string message, TimeSpan retryAfter, string? rule = null) => new(
        RpcErrors.InvalidRequest,
        message,
        429,
        data =>
        {
            data.WriteStartObject();
            data.WriteString("code", "rate_limited");
            data.WriteBoolean("retryable", true);
            data.WriteNumber("retry_after_ms", (long)Math.Ceiling(retryAfter.TotalMilliseconds));
            data.WriteEndObject();
        })
    {
        RetryAfter = retryAfter,
        Rule = rule,
    };

    public static RpcException MethodNotFound(string method, int httpStatus) => new(RpcErrors.MethodNotFound, $"Method not found: {method}", httpStatus);

    public static RpcException InvalidParams(string message, int httpStatus = 200) => new(RpcErrors.InvalidParams, message, httpStatus);

    /// <summary>A client brings a cursor of somebody else's (rule X4).</summary>
    public static RpcException InvalidCursor() => InvalidParams("'cursor' is not one this server gave: start the list again without it.");

    public static RpcException HeaderMismatch(string message) => new(RpcErrors.HeaderMismatch, message, 400);

    public static RpcException UnsupportedVersion(string requested) => new(
        RpcErrors.UnsupportedProtocolVersion,
        $"Protocol version '{requested}' is not supported; this server speaks {string.Join(", ", Revisions.Supported)}.",
        400,
        data =>
        {
            data.WriteStartObject();
            data.WriteStartArray("supported");
            foreach (var revision in Revisions.Supported)
                data.WriteStringValue(revision);
            data.WriteEndArray();
            data.WriteString("requested", requested);
            data.WriteEndObject();
        });
}

/// <summary>The error codes that go over the wire: JSON-RPC's own, and those the 2026-07-28 revision defines (rule B10).</summary>
internal static class RpcErrors
{
    public const int Parse = -32700;
    public const int InvalidRequest = -32600;
    public const int MethodNotFound = -32601;
    public const int InvalidParams = -32602;
    public const int Internal = -32603;
    public const int HeaderMismatch = -32020;
    public const int MissingRequiredClientCapability = -32021;
    public const int UnsupportedProtocolVersion = -32022;

    /// <summary>Legacy only: a session that is not known (the code the reference servers use).</summary>
    public const int SessionNotFound = -32001;

    /// <summary>Legacy only: until 2025-11-25 a missing resource had a code of its own.</summary>
    public const int LegacyResourceNotFound = -32002;
}
