namespace Granary.Scenarios.Cluster;

/// <summary>One process of the cluster as <c>deploy/local-cluster status</c> tells of it.</summary>
/// <param name="Name">For example <c>gateway-1</c>.</param>
/// <param name="State"><c>ready</c>, <c>up</c> or <c>down</c>.</param>
/// <param name="Pid">Its process; 0 when it is down.</param>
/// <param name="Port">Where it listens on loopback.</param>
internal sealed record Instance(string Name, string State, int Pid, int Port)
{
    /// <summary>Reads a line of <c>status</c>.</summary>
    public static Instance Parse(string line)
    {
        var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new Instance(fields[0], fields[1], fields[2] == "-" ? 0 : int.Parse(fields[2]), int.Parse(fields[3].Split(':')[1]));
    }
}
