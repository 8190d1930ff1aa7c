namespace Granary.Instana.Params;

/// <summary>What binding needs to know of an operation beyond its parameters.</summary>
/// <param name="Period">Its period.</param>
/// <param name="Entity">Whose tags a filter means where it does not say.</param>
/// <param name="GranularityUnit">How many milliseconds one unit of a granularity is: 1000 in most places, 1 for infrastructure.</param>
internal readonly record struct BindRules(PeriodRule Period, string Entity, long GranularityUnit);
