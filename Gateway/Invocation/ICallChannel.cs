using Granary.Gateway.Access;
using Granary.Instana.Http;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Invocation;

/// <summary>What carries a call: a transport and a revision. Plug-ins see it only through <see cref="Call"/>.</summary>
internal interface ICallChannel
{
    Principal Caller { get; }

    string Revision { get; }

    CallFacts Facts { get; }

    ClientCapabilities ClientCapabilities { get; }

    CancellationToken Cancellation { get; }

    DateTimeOffset Deadline { get; }

    CallTracking Tracking { get; }

    string? State { get; }

    bool IsHttp { get; }

    bool WantsReports { get; }

    string? Header(string name);

    ValueTask ReportProgressAsync(double progress, double? total, string? message);

    ValueTask LogAsync(LoggingLevel level, string message, string? logger);

    bool CanAsk(string method);

    ValueTask<IReadOnlyDictionary<string, InputResponse>> AskAsync(IReadOnlyDictionary<string, InputRequest> requests, string? state);

    ValueTask CloseStreamAsync(TimeSpan retryAfter);
}
