using System.Collections.Concurrent;
using Orleans.Runtime.Placement;

namespace Granary.Silo.Membership;

/// <summary>
/// Lets a silo that has just joined take new activations little by little: its share grows over <see cref="Ramp"/>, so that it is not met by everything at once while its code
/// is still being compiled. Where there are only new silos, or somebody asks for one, nothing is held back.
/// </summary>
internal sealed class GradualPlacement(IPlacementDirector inner, TimeProvider time) : IPlacementDirector
{
    /// <summary>After so long a silo has its full share.</summary>
    public static readonly TimeSpan Ramp = TimeSpan.FromSeconds(20);

    private const double FirstShare = 0.1;
    private const int MostForgotten = 64;

    private readonly ConcurrentDictionary<SiloAddress, long> _joined = new();
    private readonly long _begin = time.GetTimestamp();
    private volatile bool _hasLooked;

    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context) =>
        inner.OnAddActivation(strategy, target, IsAskedFor(target) ? context : new Narrowed(context, this));

    /// <summary>The silos that take part in one placement.</summary>
    internal SiloAddress[] Choose(SiloAddress[] silos, SiloAddress self, Func<double> random)
    {
        var chosen = silos.Where(silo => ShareOf(silo, self) is var share && (share >= 1 || random() < share)).ToArray();
        _hasLooked = true;
        if (_joined.Count > silos.Length + MostForgotten)
        {
            foreach (var gone in _joined.Keys.Except(silos))
                _joined.TryRemove(gone, out _);
        }
        return chosen.Length > 0 ? chosen : silos;
    }

    private static bool IsAskedFor(PlacementTarget target) => target.RequestContextData?.ContainsKey(IPlacementDirector.PlacementHintKey) == true;

    /// <summary>By this silo's own clock, from when it first saw the other. Those that were there when it first looked are not new; it is new itself.</summary>
    private double ShareOf(SiloAddress silo, SiloAddress self)
    {
        if (!_joined.TryGetValue(silo, out var joined))
            joined = _joined.GetOrAdd(silo, silo.Equals(self) ? _begin : _hasLooked ? time.GetTimestamp() : long.MinValue);
        return joined == long.MinValue ? 1 : FirstShare + ((1 - FirstShare) * (time.GetElapsedTime(joined) / Ramp));
    }

    private sealed class Narrowed(IPlacementContext context, GradualPlacement placement) : IPlacementContext
    {
        public SiloAddress LocalSilo => context.LocalSilo;

        public SiloStatus LocalSiloStatus => context.LocalSiloStatus;

        public SiloAddress[] GetCompatibleSilos(PlacementTarget target) =>
            placement.Choose(context.GetCompatibleSilos(target), context.LocalSilo, Random.Shared.NextDouble);

        public IReadOnlyDictionary<ushort, SiloAddress[]> GetCompatibleSilosWithVersions(PlacementTarget target) =>
            context.GetCompatibleSilosWithVersions(target);
    }
}
