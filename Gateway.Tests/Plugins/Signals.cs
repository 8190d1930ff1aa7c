using System.Collections.Concurrent;

namespace Granary.Gateway.Tests.Plugins;

/// <summary>How a test and a tool that works for it speak: under a key that only they know.</summary>
internal sealed class Signals
{
    private static readonly ConcurrentDictionary<string, Signals> All = new();

    public string Key { get; private init; } = "";

    public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Go { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Cancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Finished { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Argument => $$"""{"key":"{{Key}}"}""";

    public static Signals Make()
    {
        var signals = new Signals { Key = Guid.NewGuid().ToString("N") };
        All[signals.Key] = signals;
        return signals;
    }

    public static Signals Of(string key) => All.GetOrAdd(key, k => new Signals { Key = k });
}
