using Granary.Instana.Params;

namespace Granary.Instana.Operations;

/// <summary>What the backend's answer looks like.</summary>
public enum ResultShape
{
    /// <summary>An object.</summary>
    Object,

    /// <summary>An array; the whole list at once.</summary>
    List,

    /// <summary>An object with <c>items</c>, <c>page</c>, <c>pageSize</c> and <c>totalHits</c>.</summary>
    Pages,

    /// <summary>An object with <c>items</c> and <c>canLoadMore</c>; each item has the cursor to go on from.</summary>
    Cursor,

    /// <summary>Nothing (204), or whatever is there.</summary>
    Nothing,

    /// <summary>A list of objects or text: geo mapping rules are CSV.</summary>
    Text,
}

/// <summary>One operation of a tool, as data. A row of the table: adding an operation adds one of these.</summary>
/// <param name="Name">Its name, for example <c>get_events</c>.</param>
/// <param name="Summary">What it answers, in few words.</param>
/// <param name="Parameters">Its parameters, in the order in which they are documented.</param>
public sealed record InstanaOperationDefinition(string Name, string Summary, IReadOnlyList<InstanaParameter> Parameters)
{
    /// <summary>The resource type it belongs to, in tools that have them.</summary>
    public string? ResourceType { get; init; }

    /// <summary>The value of <c>resource_subtype</c> that selects it, where several operations share a name.</summary>
    public string? Subtype { get; init; }

    /// <summary>The request's method; empty where the answer needs no request.</summary>
    public string Method { get; init; } = "";

    /// <summary>The request's path, <c>{wire name}</c> where a parameter goes. <c>;id={x}</c> is left out where x is absent.</summary>
    public string Path { get; init; } = "";

    /// <summary>Whether it changes nothing at the backend.</summary>
    public bool ReadOnly { get; init; } = true;

    /// <summary>Whether it removes or overwrites what cannot be brought back; it is confirmed first.</summary>
    public bool Destructive { get; init; }

    /// <summary>The permission a token needs beyond reading, by the backend's name; null for none.</summary>
    public string? Permission { get; init; }

    /// <summary>What the answer looks like.</summary>
    public ResultShape Result { get; init; } = ResultShape.Object;

    /// <summary>Its period.</summary>
    public PeriodRule Period { get; init; }

    /// <summary>The catalog its metrics are checked against; null for none.</summary>
    public string? MetricCatalog { get; init; }

    /// <summary>The catalog its tags are checked against; null for none.</summary>
    public string? TagCatalog { get; init; }

    /// <summary>The operation that reads what an update replaces, for the difference a dry run shows; its path.</summary>
    public string? Before { get; init; }

    /// <summary>What the answer calls its list.</summary>
    public string ListName { get; init; } = "items";

    /// <summary>What is kept of each item or object of the answer; empty for all of it.</summary>
    public IReadOnlyList<string> Keep { get; init; } = [];

    /// <summary>What is left out of each item or object of the answer.</summary>
    public IReadOnlyList<string> Drop { get; init; } = [];

    /// <summary>The kind of entity that the answer's items are, for links into the backend's own pages.</summary>
    public string? Entity { get; init; }

    /// <summary>An <c>Accept</c> header that differs from the usual one.</summary>
    public string? Accept { get; init; }

    /// <summary>Parameters of a correct call, as a JSON object.</summary>
    public string? Example { get; init; }

    /// <summary>Further names that clients use for it.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>The spellings by which it is found.</summary>
    internal IReadOnlyList<string> Spellings => field ??= [Names.Squash(Name), .. Aliases.Select(Names.Squash)];

    /// <summary>Where a parameter goes in the request.</summary>
    public ParameterPlace PlaceOf(InstanaParameter parameter)
    {
        if (parameter.Place != ParameterPlace.Inferred)
            return parameter.Place;
        if (parameter.Kind == ParameterKind.Group || Method.Length == 0)
            return ParameterPlace.Local;
        if (Path.Contains($"{{{parameter.Wire}}}", StringComparison.Ordinal))
            return ParameterPlace.Path;
        return Method is "GET" or "DELETE" ? ParameterPlace.Query : ParameterPlace.Body;
    }
}
