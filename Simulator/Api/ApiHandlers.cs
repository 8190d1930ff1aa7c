namespace Granary.Simulator.Api;

/// <summary>What is simulated, by method and path. A variable of a path is written <c>{}</c>.</summary>
internal sealed class ApiHandlers
{
    private readonly Dictionary<string, Func<ApiCall, SimulatedAnswer>> _handlers = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Keys => _handlers.Keys;

    public void On(string endpoint, Func<ApiCall, SimulatedAnswer> handler) => _handlers.Add(endpoint, handler);

    public Func<ApiCall, SimulatedAnswer>? Find(string endpoint) => _handlers.GetValueOrDefault(endpoint);
}
