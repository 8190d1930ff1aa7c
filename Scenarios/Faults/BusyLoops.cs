using System.Diagnostics;
using Granary.Scenarios.Results;

namespace Granary.Scenarios.Faults;

/// <summary>Processes that only take processor time, until they are disposed.</summary>
internal sealed class BusyLoops : IDisposable
{
    private readonly List<Process> _loops = [];

    /// <summary>Starts so many.</summary>
    public BusyLoops(int count)
    {
        for (var i = 0; i < count; i++)
            _loops.Add(Process.Start("sh", ["-c", "while :; do :; done"]) ?? throw new ScenarioException("sh does not start."));
    }

    /// <summary>How many there are.</summary>
    public int Count => _loops.Count;

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var loop in _loops)
        {
            loop.Kill();
            loop.Dispose();
        }
        _loops.Clear();
    }
}
