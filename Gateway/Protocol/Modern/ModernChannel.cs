using System.Text.Json;
using Granary.Gateway.Protocol.Calls;
using Granary.Gateway.Protocol.Messages;
using Granary.Instana.Http;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Protocol.Modern;

/// <summary>2026-07-28: everything is in the request, and a client is asked by ending the call with an <see cref="InputRequiredResult"/>.</summary>
internal sealed class ModernChannel : CallChannel
{
    private readonly RequestStateSeal _seal;
    private ClientCapabilities? _capabilities;
    private (bool Read, string? Value) _state;

    public ModernChannel(CallOrigin origin, RequestStateSeal seal, TimeProvider time, TimeSpan timeout)
        : base(origin, Revisions.V20260728, time, timeout) => _seal = seal;

    public override ClientCapabilities ClientCapabilities => _capabilities ??= ReadCapabilities();

    public override CallTracking Tracking => new(null, RequestId, ReadClientName());

    public override string? State
    {
        get
        {
            if (!_state.Read)
                _state = (true, Envelope.RequestState is { } sealedText ? _seal.Open(sealedText, Caller, Envelope) : null);
            return _state.Value;
        }
    }

    protected override LoggingLevel? LogLevel => Envelope.Meta.LogLevel is { } text ? LogLevels.Parse(text) : null;

    public override ValueTask<IReadOnlyDictionary<string, InputResponse>> AskAsync(IReadOnlyDictionary<string, InputRequest> requests, string? state)
    {
        if (requests.Count == 0 && state is null)
            throw new InvalidOperationException("A call asks at least one question or keeps a state.");
        RequireCapabilities(requests.Values);
        var answers = ReadAnswers();
        var open = requests.Where(r => !answers.ContainsKey(r.Key)).ToDictionary(StringComparer.Ordinal);
        // A state that does not verify is refused even where the answers alone would do (rule R3).
        _ = State;
        if (open.Count == 0 && requests.Count > 0)
            return new(answers);
        throw new InputRequiredException(new InputRequiredResult
        {
            InputRequests = open.Count == 0 ? null : open,
            RequestState = state is null ? null : _seal.Seal(state, Caller, Envelope),
        });
    }

    // Polling went away with sessions; a modern stream that closes is cancelled.
    public override ValueTask CloseStreamAsync(TimeSpan retryAfter) => default;

    private Dictionary<string, InputResponse> ReadAnswers()
    {
        if (!Envelope.InputResponses.IsPresent)
            return [];
        using var document = Envelope.Parse(Envelope.InputResponses);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
            throw RpcException.InvalidParams("'inputResponses' is an object with one response per key.");
        var answers = new Dictionary<string, InputResponse>(StringComparer.Ordinal);
        foreach (var member in document.RootElement.EnumerateObject())
        {
            if (member.Value.ValueKind != JsonValueKind.Object)
                throw RpcException.InvalidParams($"'inputResponses.{member.Name}' is an object.");
            answers[member.Name] = Wire.Read<InputResponse>(member.Value.Clone())!;
        }
        return answers;
    }

    private ClientCapabilities ReadCapabilities()
    {
        using var document = Envelope.Parse(Envelope.Meta.ClientCapabilities);
        try
        {
            return Wire.Read<ClientCapabilities>(document.RootElement) ?? Nothing;
        }
        catch (JsonException)
        {
            throw RpcException.InvalidParams($"'_meta[\"{MetaKeys.ClientCapabilities}\"]' is not a ClientCapabilities object.", 400);
        }
    }

    private string? ReadClientName()
    {
        if (!Envelope.Meta.ClientInfo.IsPresent)
            return null;
        using var document = Envelope.Parse(Envelope.Meta.ClientInfo);
        return document.RootElement.ValueKind == JsonValueKind.Object
            && document.RootElement.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String ? name.GetString() : null;
    }
}
