using Granary.Instana.Operations;
using Granary.Instana.Params;

namespace Granary.Instana.Routers;

/// <summary>The words in which the rows of the table are written.</summary>
internal static class Row
{
    /// <summary>The backend's default of an events query.</summary>
    public static readonly PeriodRule EventsPeriod = new(PeriodStyle.FromTo, 10, 90);

    public static readonly PeriodRule Frame = new(PeriodStyle.Frame, 60, 31);

    public static readonly PeriodRule Window = new(PeriodStyle.Window, 60, 31);

    public static readonly PeriodRule OptionalWindow = new(PeriodStyle.Window, 0, 31);

    public static readonly PeriodRule OptionalFromTo = new(PeriodStyle.FromTo, 0, 90);

    public static InstanaOperationDefinition Get(string name, string path, string summary, params InstanaParameter[] parameters) =>
        new(name, summary, parameters) { Method = "GET", Path = path };

    /// <summary>A list that comes whole.</summary>
    public static InstanaOperationDefinition List(string name, string path, string summary, params InstanaParameter[] parameters) =>
        Get(name, path, summary, parameters) with { Result = ResultShape.List };

    /// <summary>A POST that only reads.</summary>
    public static InstanaOperationDefinition Ask(string name, string path, string summary, params InstanaParameter[] parameters) =>
        new(name, summary, parameters) { Method = "POST", Path = path };

    public static InstanaOperationDefinition Post(string name, string path, string summary, params InstanaParameter[] parameters) =>
        Ask(name, path, summary, parameters) with { ReadOnly = false };

    public static InstanaOperationDefinition Put(string name, string path, string summary, params InstanaParameter[] parameters) =>
        new(name, summary, parameters) { Method = "PUT", Path = path, ReadOnly = false };

    /// <summary>Replaces what <paramref name="path"/> reads: confirmed, and a dry run shows the difference.</summary>
    public static InstanaOperationDefinition Replace(string method, string name, string path, string summary, params InstanaParameter[] parameters) =>
        new(name, summary, parameters) { Method = method, Path = path, ReadOnly = false, Destructive = true, Before = path };

    public static InstanaOperationDefinition Delete(string name, string path, string summary, params InstanaParameter[] parameters) =>
        new(name, summary, parameters) { Method = "DELETE", Path = path, ReadOnly = false, Destructive = true, Result = ResultShape.Nothing };

    /// <summary>An answer that needs no request of its own.</summary>
    public static InstanaOperationDefinition Known(string name, string summary, params InstanaParameter[] parameters) => new(name, summary, parameters);

    /// <summary>Rows of one resource: what they have in common.</summary>
    public static IEnumerable<InstanaOperationDefinition> Of(
        string resource, string? permission, params IEnumerable<InstanaOperationDefinition> rows) =>
        rows.Select(row => row with { ResourceType = resource, Permission = row.Permission ?? (row.ReadOnly ? null : permission) });
}
