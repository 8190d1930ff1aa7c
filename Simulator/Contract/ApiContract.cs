namespace Granary.Simulator.Contract;

/// <summary>All endpoints.</summary>
internal sealed class ApiContract
{
    private readonly List<ApiRoute> _routes;

    public ApiContract(IEnumerable<ApiRoute> routes) => _routes = [.. routes.OrderBy(route => route.Path.Variables)];

    public IReadOnlyList<ApiRoute> Routes => _routes;

    /// <summary>The endpoint for a request; where there is none, the methods that its path has.</summary>
    public (ApiRoute? Route, Dictionary<string, string> Values, IReadOnlyList<string> Methods) Find(string method, string path)
    {
        var methods = new List<string>();
        foreach (var route in _routes)
        {
            if (route.Path.Match(path) is not { } values)
                continue;
            if (route.Method == method)
                return (route, values, []);
            methods.Add(route.Method);
        }
        return (null, [], methods);
    }
}
