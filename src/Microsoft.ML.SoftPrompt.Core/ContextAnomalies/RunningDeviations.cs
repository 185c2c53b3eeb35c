namespace Microsoft.ML.SoftPrompt.ContextAnomalies;

/// <summary>
/// The sums of the values' distances from their median, z = |x − median|, which Levene's test compares. Two heaps hold the lower and the
/// upper half, with the sum of each, so that a further value costs O(log n) although it moves the median and with it every distance.
/// </summary>
internal sealed class RunningDeviations : IRunningSums
{
    // The lower half has as many values as the upper one, or one more; its heap gives the largest first.
    private readonly PriorityQueue<double, double> _lower = new();
    private readonly PriorityQueue<double, double> _upper = new();
    private double? _origin;
    private DoubleDouble _lowerSum;
    private DoubleDouble _upperSum;
    private DoubleDouble _squareSum;

    public PartSums Sums
    {
        get
        {
            int count = _lower.Count + _upper.Count, odd = _lower.Count - _upper.Count;
            DoubleDouble median = odd == 1 ? _lower.Peek() : 0.5 * ((DoubleDouble)_lower.Peek() + _upper.Peek());
            // Σ|x − m| is that of the upper half less that of the lower; Σ(x − m)² = Σx² − m (2 Σx − n m).
            DoubleDouble sum = _upperSum - _lowerSum + odd * median;
            DoubleDouble squareSum = _squareSum - median * (2 * (_lowerSum + _upperSum) - count * median);
            return new PartSums(count, sum, squareSum);
        }
    }

    public void Add(double value)
    {
        // Distances do not depend on where zero is, and near their own part the values' squares keep the most digits.
        _origin ??= value;
        value -= _origin.Value;
        _squareSum += (DoubleDouble)value * value;
        if (_lower.Count == _upper.Count)
        {
            double smallest = _upper.Count == 0 ? value : _upper.EnqueueDequeue(value, value);
            _upperSum += (DoubleDouble)value - smallest;
            _lowerSum += smallest;
            _lower.Enqueue(smallest, -smallest);
        }
        else
        {
            double largest = _lower.EnqueueDequeue(value, -value);
            _lowerSum += (DoubleDouble)value - largest;
            _upperSum += largest;
            _upper.Enqueue(largest, largest);
        }
    }
}
