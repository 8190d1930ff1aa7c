using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Gateway.Access;
using Granary.Gateway.Invocation;
using Granary.Gateway.Protocol.Messages;
using Granary.Instana.Http;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Protocol.Calls;

/// <summary>What the two eras share: progress, logs, the deadline. They differ in where state comes from and in how a client is asked.</summary>
internal abstract class CallChannel : ICallChannel, IDisposable
{
    private static readonly ClientCapabilities NoCapabilities = new();

    private readonly TimeProvider _time;
    private readonly TimeSpan _timeout;
    private readonly Lock _lock = new();
    private CancellationTokenSource? _cancel;
    private bool _cancelled;
    private volatile bool _ended;
    private double _progress = double.NegativeInfinity;

    protected CallChannel(CallOrigin origin, string revision, TimeProvider time, TimeSpan timeout)
    {
        Origin = origin;
        Revision = revision;
        _time = time;
        _timeout = timeout;
        Deadline = time.GetUtcNow() + timeout;
    }

    public CallOrigin Origin { get; }

    public Envelope Envelope => Origin.Envelope;

    public IMessageSink Sink => Origin.Sink;

    public Principal Caller => Origin.Caller;

    public string Revision { get; }

    public CallFacts Facts { get; } = new();

    public bool IsModern => Revisions.IsModern(Revision);

    public bool IsHttp => Origin.Source.IsHttp;

    public DateTimeOffset Deadline { get; }

    // A session's level can be set while the call runs.
    public bool WantsReports => Sink.CanSend && (!IsModern || Envelope.Meta.ProgressToken.IsPresent || Envelope.Meta.LogLevel is not null);

    public abstract ClientCapabilities ClientCapabilities { get; }

    public abstract CallTracking Tracking { get; }

    public abstract string? State { get; }

    /// <summary>True once the client said it no longer wants the answer, or is gone in a revision where that means the same.</summary>
    public bool WasCancelled => _cancelled || (IsModern && Origin.Source.Disconnected.IsCancellationRequested);

    /// <summary>Why a call that nobody cancelled was stopped.</summary>
    public string WhyStopped => Caller.Revoked.IsCancellationRequested
        ? "The key of the caller is no longer valid, and the call was stopped; what it had done by then stays done."
        : "The call took longer than this server waits and was stopped; what it had done by then stays done.";

    /// <summary>How the call ends with this exception.</summary>
    public CallEnd EndOf(Exception failure) => failure switch
    {
        OperationCanceledException when WasCancelled => CallEnd.Cancelled,
        InputRequiredException => CallEnd.InputRequired,
        RpcException { HttpStatus: StatusCodes.Status403Forbidden } => CallEnd.Refused,
        _ => CallEnd.Failed,
    };

    /// <summary>Made when somebody first looks at it: most calls end before anyone does.</summary>
    public CancellationToken Cancellation
    {
        get
        {
            lock (_lock)
                return (_cancel ??= CreateCancel()).Token;
        }
    }

    /// <summary>The request's id as its owner wrote it: a text has no quotes around it.</summary>
    protected string RequestId
    {
        get
        {
            var reader = new Utf8JsonReader(Envelope.Id.Span);
            return reader.Read() && reader.TokenType == JsonTokenType.String ? reader.GetString()! : Envelope.IdText;
        }
    }

    protected static ClientCapabilities Nothing => NoCapabilities;

    /// <summary>The lowest level the client wants to see; null for none.</summary>
    protected abstract LoggingLevel? LogLevel { get; }

    public string? Header(string name) => Origin.Source.Header(name);

    public abstract ValueTask<IReadOnlyDictionary<string, InputResponse>> AskAsync(IReadOnlyDictionary<string, InputRequest> requests, string? state);

    public virtual ValueTask CloseStreamAsync(TimeSpan retryAfter) => Sink.CloseEarlyAsync(retryAfter);

    /// <summary>The client cancelled the request.</summary>
    public void Cancel()
    {
        CancellationTokenSource cancel;
        lock (_lock)
        {
            _cancelled = true;
            cancel = _cancel ??= CreateCancel();
        }
        try
        {
            cancel.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The call ended in this moment.
        }
    }

    public async ValueTask ReportProgressAsync(double progress, double? total, string? message)
    {
        var token = Envelope.Meta.ProgressToken;
        if (_ended || !token.IsPresent || !Sink.CanSend || !double.IsFinite(progress) || progress <= _progress)
            return;
        _progress = progress;
        // Not the SDK's types: they hold the token as a 64-bit integer and the value as a float, in which two values can be one.
        var parameters = new JsonObject { ["progressToken"] = JsonNode.Parse(token.Of(Envelope.Body).Span), ["progress"] = progress };
        if (total is { } known && double.IsFinite(known))
            parameters["total"] = known;
        if (message is not null)
            parameters["message"] = message;
        await Sink.SendAsync(RpcWriter.Notification(NotificationMethods.ProgressNotification, parameters));
    }

    public async ValueTask LogAsync(LoggingLevel level, string message, string? logger)
    {
        if (_ended || LogLevel is not { } lowest || level < lowest || !Sink.CanSend)
            return;
        using var data = JsonDocument.Parse(JsonSerializer.SerializeToUtf8Bytes(message, Wire.Options.GetTypeInfo(typeof(string))));
        await Sink.SendAsync(RpcWriter.Notification(NotificationMethods.LoggingMessageNotification, new LoggingMessageNotificationParams
        {
            Level = level,
            Logger = logger,
            Data = data.RootElement,
        }));
    }

    public bool CanAsk(string method) => method switch
    {
        RequestMethods.SamplingCreateMessage => ClientCapabilities.Sampling is not null,
        RequestMethods.ElicitationCreate => ClientCapabilities.Elicitation is not null,
        RequestMethods.RootsList => ClientCapabilities.Roots is not null,
        _ => false,
    };

    /// <summary>The request is answered: nothing more is sent on its behalf (rule P1).</summary>
    public void Dispose()
    {
        _ended = true;
        _cancel?.Dispose();
    }

    /// <summary>Nobody is asked for what they did not declare (rules B7, R2).</summary>
    protected void RequireCapabilities(IEnumerable<InputRequest> requests)
    {
        foreach (var request in requests)
        {
            if (Missing(request) is { } missing)
                throw new MissingRequiredClientCapabilityException(missing);
        }
    }

    private ClientCapabilities? Missing(InputRequest request)
    {
        var declared = ClientCapabilities;
        switch (request.Method)
        {
            case RequestMethods.SamplingCreateMessage:
                var tools = request.SamplingParams?.Tools is { Count: > 0 };
                return declared.Sampling is { } sampling && !(tools && sampling.Tools is null)
                    ? null
                    : new ClientCapabilities { Sampling = new SamplingCapability { Tools = tools ? new SamplingToolsCapability() : null } };
            case RequestMethods.RootsList:
                return declared.Roots is not null ? null : new ClientCapabilities { Roots = new RootsCapability() };
            case RequestMethods.ElicitationCreate when request.ElicitationParams?.Mode == "url":
                return declared.Elicitation?.Url is not null
                    ? null
                    : new ClientCapabilities { Elicitation = new ElicitationCapability { Url = new UrlElicitationCapability() } };
            case RequestMethods.ElicitationCreate:
                // An empty object means forms, as it did before there was another mode.
                return declared.Elicitation is { } elicitation && (elicitation.Form is not null || elicitation.Url is null)
                    ? null
                    : new ClientCapabilities { Elicitation = new ElicitationCapability { Form = new FormElicitationCapability() } };
            default:
                throw new InvalidOperationException($"'{request.Method}' is not something a client can be asked.");
        }
    }

    private CancellationTokenSource CreateCancel()
    {
        var remaining = Deadline - _time.GetUtcNow();
        var linked = CancellationTokenSource.CreateLinkedTokenSource(IsModern ? Origin.Source.Disconnected : CancellationToken.None, Caller.Revoked);
        linked.CancelAfter(remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero);
        if (_timeout == Timeout.InfiniteTimeSpan)
            throw new InvalidOperationException("Every wait has an end.");
        return linked;
    }
}

/// <summary>The request, its sender, and the way back.</summary>
internal sealed record CallOrigin(Envelope Envelope, Principal Caller, IRequestSource Source, IMessageSink Sink);
