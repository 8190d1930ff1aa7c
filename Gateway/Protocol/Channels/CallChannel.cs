using System.Text.Json;
using Granary.Gateway.Access;
using Granary.Gateway.Invocation;
using Granary.Gateway.Protocol.Messages;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Protocol.Channels;

/// <summary>What the two eras share: progress, logs, the deadline. They differ in where state comes from and in how a client is asked.</summary>
internal abstract class CallChannel : ICallChannel, IDisposable
{
    private static readonly ClientCapabilities NoCapabilities = new();

    private readonly TimeProvider _time;
    private readonly TimeSpan _timeout;
    private readonly Lock _lock = new();
    private CancellationTokenSource? _cancel;
    private bool _cancelled;
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

    public bool IsModern => Revisions.IsModern(Revision);

    public bool IsHttp => Origin.Source.IsHttp;

    public DateTimeOffset Deadline { get; }

    public abstract ClientCapabilities ClientCapabilities { get; }

    public abstract IReadOnlyDictionary<string, string> Tracking { get; }

    public abstract string? State { get; }

    /// <summary>True once the client said it no longer wants the answer, or is gone in a revision where that means the same.</summary>
    public bool WasCancelled => _cancelled || (IsModern && Origin.Source.Disconnected.IsCancellationRequested);

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
        if (!token.IsPresent || !Sink.CanSend || !(progress > _progress))
            return;
        _progress = progress;
        await Sink.SendAsync(RpcWriter.Notification(NotificationMethods.ProgressNotification, new ProgressNotificationParams
        {
            ProgressToken = JsonSerializer.Deserialize(token.Of(Envelope.Body).Span, (System.Text.Json.Serialization.Metadata.JsonTypeInfo<ProgressToken>)Wire.Options.GetTypeInfo(typeof(ProgressToken))),
            Progress = new ProgressNotificationValue { Progress = (float)progress, Total = (float?)total, Message = message },
        }));
    }

    public async ValueTask LogAsync(LoggingLevel level, string message, string? logger)
    {
        if (LogLevel is not { } lowest || level < lowest || !Sink.CanSend)
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

    public void Dispose() => _cancel?.Dispose();

    /// <summary>Nobody is asked for what they did not declare (rules B7, R2).</summary>
    protected void RequireCapabilities(IEnumerable<InputRequest> requests)
    {
        foreach (var request in requests)
        {
            var url = request.Method == RequestMethods.ElicitationCreate && request.ElicitationParams?.Mode == "url";
            if (CanAsk(request.Method) && !(url && ClientCapabilities.Elicitation?.Url is null))
                continue;
            throw new MissingRequiredClientCapabilityException(request.Method switch
            {
                RequestMethods.SamplingCreateMessage => new ClientCapabilities { Sampling = new SamplingCapability() },
                RequestMethods.RootsList => new ClientCapabilities { Roots = new RootsCapability() },
                RequestMethods.ElicitationCreate => new ClientCapabilities
                {
                    Elicitation = url ? new ElicitationCapability { Url = new UrlElicitationCapability() } : new ElicitationCapability(),
                },
                _ => throw new InvalidOperationException($"'{request.Method}' is not something a client can be asked (rule R2)."),
            });
        }
    }

    private CancellationTokenSource CreateCancel()
    {
        var remaining = Deadline - _time.GetUtcNow();
        var linked = CancellationTokenSource.CreateLinkedTokenSource(IsModern ? Origin.Source.Disconnected : CancellationToken.None);
        linked.CancelAfter(remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero);
        if (_timeout == Timeout.InfiniteTimeSpan)
            throw new InvalidOperationException("Every wait has an end.");
        return linked;
    }
}

/// <summary>The request itself, whoever sent it, and the way back.</summary>
internal sealed record CallOrigin(Envelope Envelope, Principal Caller, IRequestSource Source, IMessageSink Sink);
