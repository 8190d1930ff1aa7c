namespace Granary.Simulator.Contract;

/// <summary>An endpoint of the API: where it is, and what it takes.</summary>
internal sealed record ApiRoute(string Method, string Template)
{
    /// <summary>The parts of the path.</summary>
    public PathTemplate Path { get; } = new(Template);

    public IReadOnlyList<ApiParameter> Query { get; init; } = [];

    public IReadOnlyList<ApiParameter> PathTypes { get; init; } = [];

    public ContractBody? Body { get; init; }

    /// <summary>The media types of its answers.</summary>
    public IReadOnlyList<string> Produces { get; init; } = ["application/json"];

    /// <summary>The tag catalogs of infrastructure answer 406 to a client that insists on JSON.</summary>
    public bool WantsAnyAccepted => Template.StartsWith("/api/infrastructure-monitoring/catalog/tags", StringComparison.Ordinal);

    /// <summary>What handlers are registered by.</summary>
    public string Key => $"{Method} {Path.Shape}";
}
