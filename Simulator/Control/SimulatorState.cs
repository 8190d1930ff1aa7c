using Granary.Simulator.Access;
using Granary.Simulator.Contract;
using Granary.Simulator.Faults;
using Granary.Simulator.Traffic;
using Granary.Simulator.World;

namespace Granary.Simulator.Control;

/// <summary>What a person or a test can look at and change while the simulator runs.</summary>
internal sealed class SimulatorState
{
    public FaultPlan Faults { get; } = new();

    public RequestLog Requests { get; } = new();

    public Violations Violations { get; } = new();

    public TokenTable Tokens { get; } = new();

    public required WorldClock Clock { get; init; }
}
