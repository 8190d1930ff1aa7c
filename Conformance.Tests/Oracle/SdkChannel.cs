using Granary.Gateway.Access;
using Granary.Gateway.Invocation;
using Granary.Instana.Http;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Granary.Conformance.Tests.Oracle;

/// <summary>A call that the SDK's server carries: the same fixtures run over it as over the gateway.</summary>
internal sealed class SdkChannel<T>(RequestContext<T> context, RequestParams? parameters, CancellationToken cancellation) : ICallChannel
{
    private const string Modern = "2026-07-28";

    private readonly JsonRpcMessageContext? _message = context.JsonRpcRequest.Context;

    public Principal Caller => NoAccess.Anyone;

    public string Revision => _message?.ProtocolVersion ?? context.Server.NegotiatedProtocolVersion ?? Modern;

    public CallFacts Facts { get; } = new();

    public ClientCapabilities ClientCapabilities => _message?.ClientCapabilities ?? context.Server.ClientCapabilities ?? new ClientCapabilities();

    public CancellationToken Cancellation => cancellation;

    public DateTimeOffset Deadline => DateTimeOffset.MaxValue;

    public CallTracking Tracking => new(null, null, null);

    public string? State => parameters?.RequestState;

    public bool IsHttp => true;

    public bool WantsReports => true;

    public string? Header(string name) => null;

    public async ValueTask ReportProgressAsync(double progress, double? total, string? message)
    {
        if (parameters?.ProgressToken is { } token)
        {
            await context.Server.NotifyProgressAsync(
                token, new ProgressNotificationValue { Progress = (float)progress, Total = (float?)total, Message = message }, null, cancellation);
        }
    }

    public async ValueTask LogAsync(LoggingLevel level, string message, string? logger)
    {
        if ((_message?.LogLevel ?? context.Server.LoggingLevel) is not { } lowest || level < lowest)
            return;
        await context.Server.SendNotificationAsync(
            NotificationMethods.LoggingMessageNotification,
            new LoggingMessageNotificationParams { Level = level, Logger = logger, Data = System.Text.Json.JsonSerializer.SerializeToElement(message) },
            McpJsonUtilities.DefaultOptions,
            cancellation);
    }

    public bool CanAsk(string method) => method switch
    {
        RequestMethods.SamplingCreateMessage => ClientCapabilities.Sampling is not null,
        RequestMethods.ElicitationCreate => ClientCapabilities.Elicitation is not null,
        _ => ClientCapabilities.Roots is not null,
    };

    public ValueTask<IReadOnlyDictionary<string, InputResponse>> AskAsync(IReadOnlyDictionary<string, InputRequest> requests, string? state)
    {
        if (parameters?.InputResponses is { } answers && requests.Keys.All(answers.ContainsKey))
            return new(new Dictionary<string, InputResponse>(answers));
        throw new InputRequiredException(requests.ToDictionary(r => r.Key, r => r.Value), state);
    }

    public ValueTask CloseStreamAsync(TimeSpan retryAfter) => default;
}
