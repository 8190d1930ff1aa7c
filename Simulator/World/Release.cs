namespace Granary.Simulator.World;

/// <summary>A release of a service; some of them break it.</summary>
internal sealed record Release(string Id, string Name, long Start, string ServiceId);
