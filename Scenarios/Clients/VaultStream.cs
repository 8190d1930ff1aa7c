using System.Diagnostics;
using Granary.Mcp.Client;
using Granary.Scenarios.Results;

namespace Granary.Scenarios.Clients;

/// <summary>A client that listens to one vault and opens its stream again whenever it ends.</summary>
internal sealed class VaultStream(Agent agent, string vault)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly List<StreamSpan> _spans = [];
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whose client it is.</summary>
    public Agent Agent => agent;

    /// <summary>What it listens to.</summary>
    public string Vault => vault;

    /// <summary>The resource that changes with each append.</summary>
    public string Uri => $"vault://{vault}/head";

    /// <summary>Completes when it listens for the first time.</summary>
    public Task Opened => _opened.Task;

    /// <summary>Its lives so far; look at them when it has ended.</summary>
    public IReadOnlyList<StreamSpan> Spans => _spans;

    /// <summary>Why opening failed, each time.</summary>
    public List<string> Refusals { get; } = [];

    /// <summary>Listens until it is stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        if (agent.Era == Era.Legacy)
            await SubscribeAsync(stop);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                using var response = await agent.OpenAsync("subscriptions/listen", $"\"notifications\":{{\"resourceSubscriptions\":[\"{Uri}\"]}}", stop);
                if (response.IsSuccessStatusCode)
                {
                    await ReadAsync(await response.Content.ReadAsStreamAsync(stop), stop);
                    continue;
                }
                Refusals.Add($"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync(stop)}");
            }
            catch (HttpRequestException e)
            {
                Refusals.Add(e.Message);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            await Task.Delay(Pause, TimeProvider.System, CancellationToken.None);
        }
    }

    private async Task SubscribeAsync(CancellationToken stop)
    {
        var answer = await agent.RequestAsync("resources/subscribe", $"\"uri\":\"{Uri}\"", Patience, stop);
        if (answer.Kind != AnswerKind.Success)
            _opened.TrySetException(new ScenarioException($"resources/subscribe of {Uri}: {answer}"));
    }

    private async Task ReadAsync(Stream stream, CancellationToken stop)
    {
        StreamSpan? span = null;
        if (agent.Era == Era.Legacy)
            span = Begin();
        var completed = agent.Era == Era.Legacy;
        try
        {
            await foreach (var data in EventStream.ReadAsync(stream, stop))
            {
                if (data.Contains("notifications/subscriptions/acknowledged", StringComparison.Ordinal))
                    span = data.Contains(Uri, StringComparison.Ordinal) ? Begin() : Refuse();
                else if (data.Contains("notifications/resources/updated", StringComparison.Ordinal) && data.Contains(Uri, StringComparison.Ordinal))
                    span?.Notifications.Add(Stopwatch.GetTimestamp());
                else if (data.Contains("\"result\"", StringComparison.Ordinal))
                    completed = true;
            }
            End(span, completed ? StreamEnd.Completed : StreamEnd.Cut);
        }
        catch (IOException)
        {
            End(span, stop.IsCancellationRequested ? StreamEnd.Stopped : StreamEnd.Cut);
        }
        catch (OperationCanceledException)
        {
            End(span, StreamEnd.Stopped);
        }
    }

    private StreamSpan Begin()
    {
        var span = new StreamSpan(Stopwatch.GetTimestamp());
        _spans.Add(span);
        _opened.TrySetResult();
        return span;
    }

    private StreamSpan? Refuse()
    {
        _opened.TrySetException(new ScenarioException($"{Uri} is not a resource that can be listened to."));
        return null;
    }

    private static void End(StreamSpan? span, StreamEnd end)
    {
        if (span is not null)
            (span.EndedAt, span.End) = (Stopwatch.GetTimestamp(), end);
    }
}
