using Microsoft.ML.SoftPrompt.Tensors;
using Microsoft.ML.SoftPrompt.Training;

namespace Microsoft.ML.SoftPrompt.Baselines;

/// <summary>
/// Gradient-boosted trees on binned features with the logistic loss and second derivatives (Friedman, 2001; Chen and Guestrin, 2016):
/// logit = start + Σ of a leaf of each tree.
/// </summary>
/// <remarks>
/// Sums are taken over derivatives in fixed point, so that they are exact: a tree does not depend on the order of the rows, nor on the
/// number of threads.
/// </remarks>
internal sealed class BoostedTrees
{
    /// <summary>Units of a derivative, which is at most 1: sums of 2²² rows stay within a long, at 12 digits after the point.</summary>
    private const double FixedPoint = 1L << 40;

    /// <summary>Trees without a lower validation loss after which no more are grown.</summary>
    private const int Patience = 30;

    private readonly double _start;
    private readonly List<Node[]> _trees = [];

    private BoostedTrees(double start) => _start = start;

    public int Count => _trees.Count;

    /// <summary>Grows trees.</summary>
    /// <param name="bins">A row of bins for each feature.</param>
    /// <param name="labels">Of both classes.</param>
    /// <param name="validationBins">Rows whose loss chooses the number of trees.</param>
    /// <param name="validationLabels">Their labels; where they lack a class, all trees are kept.</param>
    /// <param name="settings">The settings, in range.</param>
    /// <param name="random">Draws the features of each tree.</param>
    /// <param name="cancellation">Asked between trees.</param>
    public static BoostedTrees Fit(byte[][] bins, bool[] labels, byte[][] validationBins, bool[] validationLabels, BoostedTreesMethod settings, Random random, CancellationToken cancellation)
    {
        int positives = labels.Count(label => label);
        var trees = new BoostedTrees(Math.Log((double)positives / (labels.Length - positives)));
        var logits = new double[labels.Length];
        var validationLogits = new double[validationLabels.Length];
        Array.Fill(logits, trees._start);
        Array.Fill(validationLogits, trees._start);
        bool validates = validationLabels.Contains(true) && validationLabels.Contains(false);
        (double lowest, int best) = (Loss(validationLogits, validationLabels), 0);
        int[] features = Enumerable.Range(0, bins.Length).ToArray();
        int drawn = Math.Max(1, (int)Math.Round(settings.FeatureFraction * bins.Length));
        while (trees.Count < settings.Trees && trees.Count - best < Patience)
        {
            cancellation.ThrowIfCancellationRequested();
            random.Shuffle(features);
            Node[] tree = new TreeGrower(bins, labels, logits, features.Take(drawn).Order().ToArray(), settings).Grow();
            trees._trees.Add(tree);
            AddLeaves(tree, bins, logits);
            AddLeaves(tree, validationBins, validationLogits);
            double loss = Loss(validationLogits, validationLabels);
            if (!validates || loss < lowest)
                (lowest, best) = (loss, trees.Count);
        }
        trees._trees.RemoveRange(best, trees.Count - best);
        return trees;
    }

    /// <summary>The logits of rows.</summary>
    public double[] Score(byte[][] bins)
    {
        var logits = new double[bins[0].Length];
        Array.Fill(logits, _start);
        foreach (Node[] tree in _trees)
            AddLeaves(tree, bins, logits);
        return logits;
    }

    private static double Loss(double[] logits, bool[] labels) => logits.Select((logit, i) => BinaryCrossEntropy.Loss(logit, labels[i] ? 1 : 0)).Sum();

    private static void AddLeaves(Node[] tree, byte[][] bins, double[] logits)
    {
        for (int row = 0; row < logits.Length; row++)
        {
            int at = 0;
            while (tree[at].Feature >= 0)
                at = bins[tree[at].Feature][row] <= tree[at].Bin ? tree[at].Left : tree[at].Left + 1;
            logits[row] += tree[at].Value;
        }
    }

    /// <param name="Feature">The feature that it splits by; −1 for a leaf.</param>
    /// <param name="Bin">Rows up to this bin go left.</param>
    /// <param name="Left">The left child; the right one is the next.</param>
    /// <param name="Value">What a leaf adds to the logit.</param>
    private readonly record struct Node(int Feature, int Bin, int Left, double Value);

    /// <param name="Feature">The feature.</param>
    /// <param name="Bin">Rows up to this bin go left.</param>
    /// <param name="Gain">How much the split lowers the loss to second order, times two.</param>
    private readonly record struct Split(int Feature, int Bin, double Gain);

    /// <summary>Sums over rows.</summary>
    private record struct Sums(long Count, long Gradient, long Curvature)
    {
        public static Sums operator -(Sums x, Sums y) => new(x.Count - y.Count, x.Gradient - y.Gradient, x.Curvature - y.Curvature);

        public readonly double Step(double regularization) => -(Gradient / FixedPoint) / (Curvature / FixedPoint + regularization);

        /// <summary>How much the best step lowers the loss to second order, times two.</summary>
        public readonly double Merit(double regularization) => -(Gradient / FixedPoint) * Step(regularization);

        public void Add(long gradient, long curvature) => this = new Sums(Count + 1, Gradient + gradient, Curvature + curvature);
    }

    /// <summary>Grows one tree, level by level.</summary>
    private sealed class TreeGrower
    {
        private readonly byte[][] _bins;
        private readonly int[] _features;
        private readonly BoostedTreesMethod _settings;
        private readonly long[] _gradients;
        private readonly long[] _curvatures;

        public TreeGrower(byte[][] bins, bool[] labels, double[] logits, int[] features, BoostedTreesMethod settings)
        {
            (_bins, _features, _settings) = (bins, features, settings);
            (_gradients, _curvatures) = (new long[labels.Length], new long[labels.Length]);
            for (int i = 0; i < labels.Length; i++)
            {
                double p = BinaryCrossEntropy.Sigmoid(logits[i]);
                _gradients[i] = (long)Math.Round((p - (labels[i] ? 1 : 0)) * FixedPoint);
                _curvatures[i] = (long)Math.Round(p * (1 - p) * FixedPoint);
            }
        }

        public Node[] Grow()
        {
            var nodes = new List<Node> { default };
            var level = new List<(int Node, int[] Rows)> { (0, Enumerable.Range(0, _gradients.Length).ToArray()) };
            for (int depth = 0; level.Count > 0; depth++)
            {
                var next = new List<(int Node, int[] Rows)>();
                foreach ((int node, int[] rows) in level)
                {
                    Sums all = default;
                    foreach (int row in rows)
                        all.Add(_gradients[row], _curvatures[row]);
                    if (depth < _settings.Depth && FindSplit(rows, all) is { } split)
                    {
                        nodes[node] = new Node(split.Feature, split.Bin, nodes.Count, 0);
                        ILookup<bool, int> sides = rows.ToLookup(row => _bins[split.Feature][row] <= split.Bin);
                        next.Add((nodes.Count, sides[true].ToArray()));
                        next.Add((nodes.Count + 1, sides[false].ToArray()));
                        nodes.AddRange([default, default]);
                    }
                    else
                    {
                        nodes[node] = new Node(-1, 0, 0, _settings.LearningRate * all.Step(_settings.Regularization));
                    }
                }
                level = next;
            }
            return nodes.ToArray();
        }

        /// <summary>The split of the largest gain, of equal ones that of the first feature and bin; none where none gains.</summary>
        private Split? FindSplit(int[] rows, Sums all)
        {
            if (rows.Length < 2 * _settings.MinimumLeafSize)
                return null;
            var best = new Split?[_features.Length];
            Scheduler.Run(_features.Length, i => best[i] = FindSplit(_features[i], rows, all));
            return best.Where(split => split is not null).MaxBy(split => split!.Value.Gain);
        }

        private Split? FindSplit(int feature, int[] rows, Sums all)
        {
            Span<Sums> bins = new Sums[FeatureBins.Maximum];
            byte[] binOf = _bins[feature];
            foreach (int row in rows)
                bins[binOf[row]].Add(_gradients[row], _curvatures[row]);
            Split? best = null;
            double lambda = _settings.Regularization;
            Sums left = default;
            for (int bin = 0; bin < bins.Length - 1; bin++)
            {
                if (bins[bin].Count == 0)
                    continue;
                left = new Sums(left.Count + bins[bin].Count, left.Gradient + bins[bin].Gradient, left.Curvature + bins[bin].Curvature);
                Sums right = all - left;
                if (left.Count < _settings.MinimumLeafSize || right.Count < _settings.MinimumLeafSize)
                    continue;
                double gain = left.Merit(lambda) + right.Merit(lambda) - all.Merit(lambda);
                if (gain > (best?.Gain ?? 0))
                    best = new Split(feature, bin, gain);
            }
            return best;
        }
    }
}
